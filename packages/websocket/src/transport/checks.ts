/** Checks of a transport, and of what it delivers, where they are passed in: the compiler may not have seen the caller. */
import { UsageError } from "@hybi/core";
import type { OptionCheck } from "@hybi/core/options";
import { takesMethods } from "../platform/option-checks.ts";

/** Check of a transport where it is passed in. */
export const transportCheck: OptionCheck = takesMethods(
  "a Transport",
  ...["start", "write", "end", "abort", "pause", "resume"],
);

/** Throws unless `chunk`, which is no `Uint8Array` of this realm, is one of another. @throws UsageError `option/type` */
export function checkForeignChunk(chunk: unknown): void {
  if (Object.prototype.toString.call(chunk) === "[object Uint8Array]") return;
  throw new UsageError("option/type", "A transport passes each chunk that has arrived to sink.data() as a Uint8Array.");
}
