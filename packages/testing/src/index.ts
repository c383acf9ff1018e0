/** `@hybi/testing`: suites for those who test a WebSocket stack, ours or their own. */

export { adapterContract } from "./adapter-contract.ts";
export type { Adapter, AdapterServer, Lack, ListenSettings, RawConnection } from "./contract/adapter.ts";
export type { Expect, Runner } from "./contract/runner.ts";
export { type SelfSigned, selfSigned } from "./self-signed.ts";
