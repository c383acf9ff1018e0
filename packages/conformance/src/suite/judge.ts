/** Compares the observations of one case with its expectations, and returns a verdict with its reason. */
import type { Violation } from "@hybi/core";
import { firstFieldValue } from "@hybi/core/opening";
import type { ConformanceCase, Expectation, OpeningOutcome } from "./case.ts";
import type { Observed } from "./drive/conversation.ts";
import type { Matcher } from "./drive/matcher.ts";
import type { OpeningObserved } from "./drive/opening.ts";

/**
 * - "ok": conforms to the standards.
 * - "non-strict": deviates from a SHOULD, or from a MUST without consequences; it works.
 * - "informational": no standard decides; the reason says what was observed.
 * - "unsupported": the subject declined the feature under test, as it may.
 * - "failed": does not conform.
 */
export type Verdict = "ok" | "non-strict" | "informational" | "unsupported" | "failed";

/** From best to worst. */
export const verdicts: readonly Verdict[] = ["ok", "informational", "unsupported", "non-strict", "failed"];

export interface Judgement {
  readonly verdict: Verdict;
  /** Why the verdict is not "ok", or what was noticed; empty when there is nothing to add. */
  readonly reason: string;
}

/** Judges by the expectation or alternative that fits best. `matchers` are in the same order. */
export function judge(testCase: ConformanceCase, observed: Observed, matchers: readonly Matcher[]): Judgement {
  const { severity, alternatives = [], expect, mayRefuse } = testCase;
  const candidates = [expect, ...alternatives].map((expectation, index) => {
    const found = hold(expectation, observed, matchers[index] as Matcher);
    const alternative = alternatives[index - 1];
    return alternative === undefined || found.verdict === "failed"
      ? found
      : { verdict: worse(found.verdict, alternative.verdict), reason: join([alternative.because, found.reason]) };
  });
  const best = candidates.reduce((one, other) => (rank(other.verdict) < rank(one.verdict) ? other : one));
  // A server that should have rejected a faulty key may have sent a wrong response to it; this counts only as having
  // accepted it.
  const broken = observed.violation !== undefined && expect.opening?.type !== "refused";
  if (mayRefuse === true && best.verdict !== "ok" && !broken && refusedAsTooBig(observed)) {
    return { verdict: "informational", reason: "It refuses what is so large, with 1009, as it may (RFC 6455 §10.4)." };
  }
  if (severity === "informational" && !broken)
    return { verdict: "informational", reason: best.reason || told(observed) };
  // Not following a SHOULD is not a failure.
  if (severity === "recommended" && best.verdict === "failed" && !broken) return { ...best, verdict: "non-strict" };
  return best;
}

function hold(expectation: Expectation, observed: Observed, matcher: Matcher): Judgement {
  const failures: string[] = [];
  const lapses: string[] = [];
  const { violation, opening } = observed;
  const outcome = expectation.opening ?? { type: "open" };
  const refuses = outcome.type === "refused";
  if (violation !== undefined && !(refuses && opening?.type === "violation"))
    failures.push(describeViolation(violation));
  if (outcome.type === "failed") holdFailedOpening(observed, failures, lapses);
  else {
    holdOpening(outcome, opening, observed, failures, lapses);
    if (opening?.type === "open" && outcome.type === "open" && failures.length === 0) {
      holdConnection(expectation, observed, matcher, failures, lapses);
    }
  }
  if (failures.length > 0) return { verdict: "failed", reason: join(failures) };
  return lapses.length > 0
    ? { verdict: "non-strict", reason: join(lapses) }
    : { verdict: "ok", reason: notes(matcher) };
}

function holdOpening(
  outcome: OpeningOutcome,
  opening: OpeningObserved | undefined,
  { end }: Observed,
  failures: string[],
  lapses: string[],
): void {
  if (opening === undefined) {
    const what = end === undefined ? "it did not answer" : "it closed the connection without an answer";
    if (outcome.type === "refused" && end !== undefined) lapses.push(`${what} of HTTP (RFC 6455 §4.2.2)`);
    else failures.push(`${what} to the opening handshake`);
  } else if (outcome.type === "refused") {
    if (opening.type === "open") failures.push("it accepted the opening handshake");
    else if (opening.type === "refused") holdRefusal(outcome, opening, lapses);
    else if (opening.switched) failures.push("it accepted the opening handshake");
    else lapses.push(`its answer is not sound: ${opening.violation.message} (${opening.violation.section})`);
  } else if (opening.type === "refused") {
    failures.push(`it refused the opening handshake with HTTP status ${opening.status}`);
  } else if (opening.type === "open" && outcome.type === "open") {
    const { subprotocol, extensions } = outcome;
    if (subprotocol !== undefined && (opening.agreement.subprotocol ?? null) !== subprotocol) {
      failures.push(`it chose the subprotocol ${opening.agreement.subprotocol ?? "none"}`);
    }
    const chosen = opening.extensions.join(", ");
    if (extensions !== undefined && !extensions.includes(chosen)) {
      failures.push(
        `its Sec-WebSocket-Extensions are "${chosen}", where "${extensions.join('" or "')}" would be right`,
      );
    }
  }
}

function holdRefusal(
  { statuses, fields = {} }: Extract<OpeningOutcome, { type: "refused" }>,
  { status, fields: answered }: Extract<OpeningObserved, { type: "refused" }>,
  lapses: string[],
): void {
  if (!statuses.includes(status)) lapses.push(`it answered ${status}, where ${statuses.join(" or ")} would be right`);
  for (const [name, value] of Object.entries(fields)) {
    const found = firstFieldValue(answered, name);
    if (found?.toLowerCase() !== value.toLowerCase()) lapses.push(`its answer ${status} has no ${name}: ${value}`);
  }
}

/** Judges a client that received a faulty response: it must close the connection, and must not treat it as open. */
function holdFailedOpening({ arrivals, close, end }: Observed, failures: string[], lapses: string[]): void {
  if (arrivals > 0) failures.push("it took the connection for open, and answered");
  else if (close !== undefined) {
    lapses.push(`it took the connection for open, and closed it with ${close.statusCode ?? "no status code"}`);
  } else if (end === undefined) failures.push("it did not close the connection");
}

function holdConnection(
  { ending }: Expectation,
  observed: Observed,
  matcher: Matcher,
  failures: string[],
  lapses: string[],
): void {
  const { close, closedByTester, wentOn } = observed;
  const end = observed.gaveUp ? undefined : observed.end;
  if (matcher.surprise !== undefined) failures.push(matcher.surprise);
  if (matcher.isPongLate) lapses.push("a Pong came after a message that was sent after its Ping (RFC 6455 §5.5.2)");
  // RFC 6455 §5.5.1 forbids only data frames; other frames are merely useless.
  if (observed.afterClose === "data frames")
    failures.push("it sent data frames after its Close frame (RFC 6455 §5.5.1)");
  else if (observed.afterClose === "control frames") lapses.push("it sent control frames after its Close frame");
  const code = close?.statusCode;
  const codeText = close === undefined ? "no Close frame" : code === null ? "no status code" : `${code}`;
  if (ending.type === "failed") {
    if (wentOn) failures.push("it did not fail the connection, and went on to answer a Ping");
    else if (close === undefined && end === undefined) failures.push("it did not fail the connection");
    else if (close === undefined) lapses.push("it closed the connection without a Close frame (RFC 6455 §7.1.7)");
    else if (closedByTester && (code === null || code === undefined || code < 1002)) {
      failures.push(`it did not fail the connection, and answered the Close frame with ${codeText}`);
    } else if (code === undefined || code === null || !ending.statusCodes.includes(code)) {
      lapses.push(`it failed the connection with ${codeText}, where ${ending.statusCodes.join(" or ")} would be right`);
    }
    if (observed.failedInPause === false && !wentOn) {
      lapses.push("it failed the connection only when the rest had come (RFC 6455 §8.1)");
    }
    if (matcher.missing > 0 && failures.length === 0) lapses.push(`${matcher.next} did not come before that`);
  } else if (ending.type === "ended") {
    if (matcher.missing > 0) failures.push(`${matcher.next} did not come`);
    if (end === undefined) failures.push("it did not end the transport");
  } else {
    if (matcher.missing > 0 && matcher.surprise === undefined) failures.push(`${matcher.next} did not come`);
    const expected = ending.type === "open" ? [1000, null] : ending.statusCodes;
    if (close === undefined) {
      failures.push(
        end === undefined ? "it did not answer the Close frame" : "it closed the connection without a Close frame",
      );
    } else if (!closedByTester) {
      const reason = close.reason === "" ? "" : ` (${JSON.stringify(close.reason)})`;
      failures.push(`it closed the connection, with ${codeText}${reason}`);
    } else if (!expected.includes(code ?? null)) {
      const right = expected.map((status) => status ?? "no status code").join(" or ");
      lapses.push(`it answered the Close frame with ${codeText}, where ${right} would be right`);
    }
  }
  if (end === undefined && failures.length === 0) {
    lapses.push("it left the transport open after the Close frames (RFC 6455 §7.1.1)");
  }
}

function refusedAsTooBig({ close }: Observed): boolean {
  return close?.statusCode === 1009;
}

/** Describes what happened when no standard decides. */
function told({ close, end, arrivals, opening }: Observed): string {
  if (opening?.type === "refused") return `It answered ${opening.status}.`;
  const answers = `${arrivals} ${arrivals === 1 ? "answer" : "answers"}`;
  if (close !== undefined)
    return sentence(`${answers}, then a Close frame with ${close.statusCode ?? "no status code"}`);
  return sentence(`${answers}, then ${end === undefined ? "nothing" : "the end"}`);
}

function describeViolation({ code, message, section }: Violation): string {
  return `it broke a rule itself: ${message} (${code}, ${section})`;
}

function notes(matcher: Matcher): string {
  return matcher.pongsSkipped > 0 ? "Not every Ping was answered, which RFC 6455 §5.5.3 allows." : "";
}

function join(reasons: readonly string[]): string {
  return reasons
    .filter((reason) => reason !== "")
    .map(sentence)
    .join(" ");
}

function sentence(text: string): string {
  return text === "" ? "" : `${text[0]?.toUpperCase()}${text.slice(1).replace(/\.$/, "")}.`;
}

function rank(verdict: Verdict): number {
  return verdicts.indexOf(verdict);
}

function worse(one: Verdict, other: Verdict): Verdict {
  return rank(one) > rank(other) ? one : other;
}
