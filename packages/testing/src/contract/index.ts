/** `@hybi/testing/adapter-contract`: the test suite that every adapter must pass, for authors of adapters. */

export type { Lack, ListenSettings, RawConnection, TestedAdapter } from "./adapter.ts";
export { adapterContract } from "./adapter-contract.ts";
export type { Expect, Runner } from "./runner.ts";
export { type SelfSigned, selfSigned } from "./self-signed.ts";
