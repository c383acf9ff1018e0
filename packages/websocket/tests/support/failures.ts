/** What tests read from a failure. */
import type { ViolationCode } from "@hybi/core";
import type { Failure } from "../../src/failure/failure.ts";

/** The HTTP status, or 0 if the server did not reject the opening. */
export function statusOf(failure: Failure | undefined): number {
  return failure?.kind === "rejected" ? failure.response.status : 0;
}

/** The rule that was broken, or the deadline that has expired. */
export function codeOf(failure: Failure | undefined): ViolationCode | undefined {
  return failure !== undefined && "violation" in failure ? failure.violation.code : undefined;
}

/** The error of the transport or the application. */
export function errorIn(failure: Failure | undefined): unknown {
  return failure !== undefined && "error" in failure ? failure.error : undefined;
}
