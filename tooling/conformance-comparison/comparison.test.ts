import { describe, expect, it } from "vitest";
import { compareJudges, explain } from "./comparison.ts";

const reason = "It did.";
const ours = (id: string, verdict: string) => ({ id, autobahn: id, verdict, reason });

describe("compareJudges", () => {
  it("finds no difference where the verdicts of both mean the same", () => {
    const autobahn = new Map([
      ["1.1", "OK"],
      ["1.2", "NON-STRICT, closed OK"],
      ["1.3", "INFORMATIONAL"],
      ["1.4", "UNIMPLEMENTED, closed OK"],
      ["1.5", "OK, closed WRONG CODE"],
      ["1.6", "FAILED"],
    ]);
    const results = ["ok", "non-strict", "informational", "unsupported", "failed", "failed"];
    const all = results.map((verdict, index) => ours(`1.${index + 1}`, verdict));
    expect(compareJudges("ws", autobahn, all)).toEqual({ peer: "ws", compared: 6, differences: [] });
  });

  it("returns both verdicts where they differ", () => {
    expect(compareJudges("ws", new Map([["2.1", "FAILED, closed OK"]]), [ours("2.1", "ok")]).differences).toEqual([
      { id: "2.1", peer: "ws", autobahn: "FAILED, closed OK", ours: "ok", reason },
    ]);
  });

  it("ignores cases that only one of them has judged", () => {
    const results = [ours("2.1", "failed"), { id: "15.1", verdict: "failed", reason }];
    expect(compareJudges("ws", new Map([["9.1", "OK"]]), results)).toMatchObject({ compared: 0, differences: [] });
  });
});

describe("explain", () => {
  const difference = { id: "6.4.1", peer: "ws", autobahn: "OK", ours: "failed", reason };
  const because = "it is so";

  it("finds the explanation by case and peer, with a star for several cases", () => {
    expect(explain(difference, [{ peers: ["ws"], cases: ["6.4.*"], because }])?.because).toBe(because);
    expect(explain(difference, [{ peers: ["gorilla", "ws"], cases: ["1.1", "6.4.1"], because }])?.because).toBe(
      because,
    );
  });

  it("returns undefined for another case or another peer", () => {
    expect(explain(difference, [{ peers: ["ws"], cases: ["6.4"], because }])).toBeUndefined();
    expect(explain(difference, [{ peers: ["gorilla"], cases: ["6.4.1"], because }])).toBeUndefined();
  });
});
