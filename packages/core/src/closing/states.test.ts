import { describe, expect, it } from "vitest";
import {
  type ClosingState,
  type ClosingTrigger,
  closingTransitions,
  nextClosingState,
  transportAction,
} from "./states.ts";

const states = Object.keys(closingTransitions) as ClosingState[];
const triggers: ClosingTrigger[] = ["send-close", "close-taken", "receive-close", "fail", "drop", "end"];

describe("nextClosingState", () => {
  it("follows the table, and throws a bug for every other trigger", () => {
    for (const state of states) {
      for (const trigger of triggers) {
        const next = closingTransitions[state][trigger];
        if (next !== undefined) expect(nextClosingState(state, trigger)).toBe(next);
        else expect(() => nextClosingState(state, trigger)).toThrow(`bug: ${trigger} in state ${state}`);
      }
    }
  });

  it("reaches every state from open, and ended from every state", () => {
    const reached = new Set<ClosingState>(["open"]);
    for (const state of reached) for (const next of Object.values(closingTransitions[state])) reached.add(next);
    expect([...reached].sort()).toEqual([...states].sort());
    for (const state of states.filter((each) => each !== "ended")) expect(nextClosingState(state, "end")).toBe("ended");
  });

  it("never returns to a state, so every path ends", () => {
    const visit = (state: ClosingState, path: readonly ClosingState[]): void => {
      expect(path).not.toContain(state);
      for (const next of Object.values(closingTransitions[state])) visit(next, [...path, state]);
    };
    visit("open", []);
  });

  it("allows the peer's Close and a failure only once [X07] [X09] [X16]", () => {
    for (const state of ["close-received", "closed", "failing", "failed", "ended"] as const) {
      expect(closingTransitions[state]["receive-close"]).toBeUndefined();
      expect(closingTransitions[state].fail).toBeUndefined();
      expect(closingTransitions[state].drop).toBeUndefined();
    }
  });
});

describe("transportAction", () => {
  it("lets the server end the transport first, and either role after a failure [X12] [X16]", () => {
    for (const state of states) {
      const expected = ["failed", "ended"].includes(state) ? "end" : "keep";
      expect(transportAction(state, "server")).toBe(state === "closed" ? "end" : expected);
      expect(transportAction(state, "client")).toBe(state === "closed" ? "await-end" : expected);
    }
  });
});
