/** What `close` takes. */
import { formatClosePayload, type Role, UsageError } from "@hybi/core";
import { nodeFunctions } from "@hybi/node";
import { bufferOver } from "./data.ts";

/**
 * Returns the reason as text. As with `ws`, what has no length is none.
 *
 * @throws TypeError for what is neither text nor bytes
 */
export function reasonText(reason: unknown): string {
  if (typeof reason === "string") return reason;
  if (reason instanceof Uint8Array) return bufferOver(reason, 0, reason.length).toString();
  if (!(reason as { length?: unknown } | null | undefined)?.length) return "";
  throw new TypeError("The reason must be a string or bytes");
}

/** @throws TypeError for a status code that may not be sent, RangeError for a reason of more than 123 bytes */
export function checkClose(role: Role, code: number | undefined, reason: string): void {
  try {
    formatClosePayload(role, code, reason, nodeFunctions);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    if (error.code === "close/reason-too-long") {
      throw new RangeError("The message must not be greater than 123 bytes", { cause: error });
    }
    throw new TypeError("First argument must be a valid error code number", { cause: error });
  }
}
