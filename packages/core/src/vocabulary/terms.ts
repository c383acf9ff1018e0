/** Terms of RFC 6455 that all layers share. */

/**
 * The role of an endpoint (RFC 6455 §1.2). It decides only which side masks (§5.1) and which side closes the transport
 * first (§7.1.1).
 */
export type Role = "client" | "server";

/** The type of a data message: that of its first frame (RFC 6455 §5.6). */
export type MessageKind = "text" | "binary";
