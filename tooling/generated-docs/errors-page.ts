/** The page of all errors: a heading for each code, so that every one can be linked to and found. */

interface ViolationRow {
  readonly message: string;
  readonly section: string;
  readonly statusCode?: number;
  readonly httpStatus?: number;
}

/** How a violation is answered on the wire, in a few words. */
function answer(code: string, { statusCode, httpStatus }: ViolationRow): string {
  if (statusCode !== undefined) return `Answered with a Close frame of status code ${statusCode}.`;
  if (httpStatus !== undefined) return `Answered with HTTP status ${httpStatus}, where a server answers.`;
  if (code.startsWith("deadline/")) return "Answered with nothing: the transport is dropped.";
  return "Answered with nothing: the client ends the transport.";
}

/** Formats `docs/reference/errors.md` from core's two tables. */
export function formatErrorsPage(
  violations: Readonly<Record<string, ViolationRow>>,
  usageErrors: Readonly<Record<string, string>>,
): string {
  const lines = [
    "# Errors",
    "",
    "<!-- Written by `pnpm check:docs --write` from packages/core/src/vocabulary/violation.ts and usage-error.ts. -->",
    "",
    "Two kinds, which never mix. A **violation** is the peer's fault: a value, in a `failure` event, from one closed table that",
    "also says what answers it on the wire. A **usage error** is the caller's fault: a `UsageError`, thrown before anything has",
    'changed. Anything else that is thrown, as `Error("bug: …")`, is ours: please report it.',
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
