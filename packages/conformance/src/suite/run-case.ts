/** Runs one case over one connection, for any kind of endpoint under test. */
import type { Role } from "@hybi/core";
import { checkDuration } from "@hybi/core/options";
import type { ConformanceCase } from "./case.ts";
import { Conversation, type Observed, type Patience } from "./drive/conversation.ts";
import { Matcher } from "./drive/matcher.ts";
import type { Opening } from "./drive/opening.ts";
import { type Passage, Transcript } from "./drive/transcript.ts";
import { Unsupported } from "./drive/unsupported.ts";
import type { Wire } from "./drive/wire.ts";
import { type Judgement, judge, type Verdict } from "./judge.ts";

/** The result of a case. */
export interface CaseResult {
  readonly id: string;
  readonly verdict: Verdict;
  /** The reason for the verdict, in sentences; empty when there is nothing to add. */
  readonly reason: string;
  readonly milliseconds: number;
  /** The bytes sent by both sides. */
  readonly passages: readonly Passage[];
  /** The number of bytes left out of `passages` because there were too many. */
  readonly dropped: number;
  /** The status code of the subject's Close frame; null when the frame had none, undefined when there was no Close frame. */
  readonly statusCode: number | null | undefined;
}

/** A connection to the endpoint under test, and the tester's side of its opening. */
export interface Attempt {
  readonly wire: Wire;
  readonly opening: Opening;
}

/** The default time limits; extended cases have more time. */
export const defaultPatience: Patience = { answer: 10_000, failFast: 500, silence: 100, end: 2_000 };

/**
 * Returns the default time limits with `changes`.
 *
 * @throws UsageError `option/range`
 */
export function resolvePatience(changes: Partial<Patience> | undefined): Patience {
  const patience: Record<keyof Patience, number> = { ...defaultPatience };
  for (const name of Object.keys(patience) as (keyof Patience)[]) {
    const value = changes?.[name];
    if (value !== undefined) patience[name] = checkDuration(`patience.${name}`, value);
  }
  return patience;
}

const extendedFactor = 12;

/** Runs `testCase` on the connection from `attempt`. Never rejects: a failure to connect fails the case. */
export async function runCase(
  testCase: ConformanceCase,
  attempt: () => Promise<Attempt>,
  patience: Patience = defaultPatience,
): Promise<CaseResult> {
  const begin = performance.now();
  const transcript = new Transcript();
  const expectations = [testCase.expect, ...(testCase.alternatives ?? [])];
  const matchers = expectations.map(({ answers }) => new Matcher(answers ?? []));
  let observed: Observed | undefined;
  let judgement: Judgement;
  try {
    const { wire, opening } = await attempt();
    const answer = patience.answer * (testCase.extended === true ? extendedFactor : 1);
    const conversation = new Conversation(wire, opening, matchers, transcript, { ...patience, answer });
    observed = conversation.observed;
    judgement = await converse(testCase, conversation, opening.role, matchers);
    conversation.destroy();
  } catch (error) {
    const isUnsupported = error instanceof Unsupported;
    judgement = isUnsupported
      ? { verdict: "unsupported", reason: error.message }
      : { verdict: "failed", reason: `The connection could not be made: ${messageOf(error)}.` };
  }
  const { passages, dropped } = transcript;
  const close = observed?.close;
  return {
    id: testCase.id,
    ...judgement,
    milliseconds: performance.now() - begin,
    passages,
    dropped,
    statusCode: close?.statusCode,
  };
}

async function converse(
  testCase: ConformanceCase,
  conversation: Conversation,
  role: Role,
  matchers: readonly Matcher[],
): Promise<Judgement> {
  const { observed } = conversation;
  if (await conversation.open(testCase)) {
    const isDeclined =
      testCase.opening?.deflate !== undefined &&
      observed.opening?.type === "open" &&
      observed.opening.agreement.extensions.length === 0;
    if (isDeclined) {
      await conversation.leave();
      const whom = role === "client" ? "The server declined" : "The client did not offer";
      return { verdict: "unsupported", reason: `${whom} what the case is about.` };
    }
    const outcome = testCase.expect.opening;
    if (outcome === undefined || outcome.type === "open") {
      await conversation.follow(testCase.steps);
      await conversation.finish(testCase.expect.ending.type);
    } else await conversation.leave();
  }
  return judge(testCase, observed, matchers);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
