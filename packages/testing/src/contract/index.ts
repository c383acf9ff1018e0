/** `@hybi/testing/adapter-contract`: what every adapter must do, for those who write one. */

export type { Adapter, AdapterServer, Lack, ListenSettings, RawConnection } from "./adapter.ts";
export { adapterContract } from "./adapter-contract.ts";
export type { Expect, Runner } from "./runner.ts";
export { type SelfSigned, selfSigned } from "./self-signed.ts";
