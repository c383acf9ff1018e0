/**
 * The role of an endpoint (RFC 6455 §1.2). It decides only which side masks (§5.1) and which side closes the transport
 * first (§7.1.1).
 */
export type Role = "client" | "server";
