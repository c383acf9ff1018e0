/**
 * The neutral suites of core and permessage-deflate, in an engine without the web platform: no TextDecoder, TextEncoder, Event,
 * DOMException, Blob, URL, performance, structuredClone or streams.
 */
import { describeSuites } from "../suites/describe-suites.ts";
import { lent, startEngine } from "./engine.ts";

await describeSuites("a bare engine", ({ script }) => startEngine(script), {
  packages: ["core", "permessage-deflate"],
  lent,
});
