import type { Role } from "@hybi/core";

/** Both roles. */
export const roles: readonly Role[] = ["server", "client"];

/** Returns the role of the peer of `role`. */
export function peerRole(role: Role): Role {
  return role === "server" ? "client" : "server";
}
