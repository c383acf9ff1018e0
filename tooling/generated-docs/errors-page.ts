/** Generates the page of all errors, with a heading for each code, so that each can be linked to and found. */

interface ViolationRow {
  readonly message: string;
  readonly section: string;
  readonly statusCode?: number;
  readonly httpStatus?: number;
}

/** Returns a sentence about the response that a violation gets on the wire. */
function answer(code: string, { statusCode, httpStatus }: ViolationRow): string {
  if (statusCode !== undefined) return `The response is a Close frame with status code ${statusCode}.`;
  if (httpStatus !== undefined) return `The response of a server is HTTP status ${httpStatus}.`;
  if (code.startsWith("deadline/")) return "There is no response: the transport is dropped.";
  return "There is no response: the client ends the transport.";
}

/** Formats `docs/reference/errors.md` from core's two tables. */
export function formatErrorsPage(
  violations: Readonly<Record<string, ViolationRow>>,
  usageErrors: Readonly<Record<string, string>>,
): string {
  const lines = [
    "# Errors",
    "",
    "<!-- Written by `pnpm check:docs --write` from packages/core/src/vocabulary/violation.ts and packages/core/src/sentences. -->",
    "",
    "There are two kinds. A **violation** is the peer's fault: a value in a `failure` event, from one closed table that also",
    "defines the response on the wire. A **usage error** is the caller's fault: a `UsageError`, thrown before any state has",
    'changed. Any other error, such as `Error("bug: …")`, is a bug in hybi: please report it.',
    "",
    "## Violations",
    "",
    ...Object.entries(violations).flatMap(([code, row]) => [
      `### ${code}`,
      "",
      `${row.message} ${answer(code, row)} (${row.section})`,
      "",
    ]),
    "## Usage errors",
    "",
    ...Object.entries(usageErrors).flatMap(([code, message]) => [`### ${code}`, "", message, ""]),
  ];
  return lines.join("\n");
}
