/** Which part an endpoint plays (RFC 6455 §1.2). The role decides who masks (§5.1) and who closes the transport first (§7.1.1), and nothing else. */
export type Role = "client" | "server";
