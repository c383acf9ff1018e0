/** The type of a data message: that of its first frame (RFC 6455 §5.6). */
export type MessageKind = "text" | "binary";
