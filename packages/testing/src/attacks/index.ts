/** `@hybi/testing/attacks`: the kinds of hostile clients, as data. They need neither sockets nor fast-check. */

export { type AttackAim, type AttackKind, attackKinds, selectKinds } from "./kinds.ts";
