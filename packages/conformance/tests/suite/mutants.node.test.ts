/** A server that observes every rule passes, and one that breaks a rule fails the cases of that rule and no others. */
import { type InProcessSubject, type Report, selectCases, testInProcess, type Verdict } from "@hybi/conformance";
import { describe, expect, it } from "vitest";
import { type Defect, NaiveServer } from "./naive-endpoint.ts";

/** The cases about messages and frames, without the large ones: the naive server is slow. */
const only = ["1", "2", "3", "4", "5", "6", "7", "8"];
const except = [
  "1.1.7",
  "1.1.8",
  "1.1.11",
  "1.1.12",
  "1.1.14",
  "1.1.15",
  "1.2.7",
  "1.2.8",
  "1.2.11",
  "1.2.12",
  "1.2.14",
];
const tooLong = [...except, "1.2.15", "6.24.5", "6.24.6", "6.24.7", "7.1.6", "5.29"];

function run(create: () => InProcessSubject): Promise<Report> {
  return testInProcess("server", "a naive server", create, { only, except: tooLong });
}

function idsOf(report: Report, ...verdicts: Verdict[]): string[] {
  return report.results.filter(({ verdict }) => verdicts.includes(verdict)).map(({ id }) => id);
}

/** Returns the findings of a report, except those that a server without a defect has too. */
async function against(defect: Defect): Promise<{ failed: string[]; nonStrict: string[] }> {
  const [report, sound] = await Promise.all([run(() => new NaiveServer(defect)), baseline()]);
  const known = idsOf(sound, "non-strict");
  return {
    failed: idsOf(report, "failed"),
    nonStrict: idsOf(report, "non-strict").filter((id) => !known.includes(id)),
  };
}

let soundReport: Promise<Report> | undefined;
function baseline(): Promise<Report> {
  soundReport ??= run(() => new NaiveServer());
  return soundReport;
}

describe("the conformance cases", () => {
  it("find no fault in a server that observes the rules", async () => {
    const report = await baseline();
    expect(report.results.length).toBeGreaterThan(300);
    expect(idsOf(report, "failed")).toEqual([]);
    // In process an application echoes once a chunk was read, which is too late when the chunk also fails the connection.
    const reasons = report.results.filter(({ verdict }) => verdict === "non-strict").map(({ reason }) => reason);
    expect(
      reasons.filter(
        (reason) => !/did not come before that|replies to the Close frame before it echoes the message/.test(reason),
      ),
    ).toEqual([]);
  });

  it.each<[Defect, failed: string]>([
    [
      "ignores-reserved-bits",
      "3.1 3.2 3.3 3.4 3.5 3.6 3.7 3.8 3.10.* 3.11.* 3.12.* 3.13.* 3.14.* 8.1.10 8.1.11 8.1.12",
    ],
    ["ignores-reserved-opcodes", "4.1.* 4.2.* 4.3.6 4.3.7 4.3.8 4.3.9 4.3.10 7.14.8 8.1.13 8.1.14 8.1.32"],
    ["ignores-masking", "1.5.1 1.5.2 1.5.3 8.1.4"],
    ["ignores-pings", "2.1 2.2 2.3 2.4 2.6 2.9 2.10 2.11 2.16 5.6 5.7 5.8 5.19 5.20 5.30 6.24.4 8.1.8 8.1.20 8.1.24"],
    [
      "answers-pings-without-payload",
      "2.2 2.3 2.4 2.6 2.9 2.10 2.11 2.16 5.6 5.7 5.8 5.19 5.20 5.30 6.24.4 7.14.6 8.1.8 8.1.20 8.1.24",
    ],
    ["takes-long-control-frames", "2.5 2.12 2.13 7.3.6 8.1.7 8.1.9"],
    ["takes-fragmented-control-frames", "5.1 5.28"],
    ["takes-stray-continuations", "5.9 5.10 5.11 5.17"],
    ["takes-interleaved-messages", "5.18 5.21 5.22 8.1.17"],
    ["takes-any-status-code", "7.9.* 7.11.* 8.1.30"],
    ["takes-half-a-status-code", "7.3.2 8.1.27"],
    ["ignores-reason", "7.5.1 7.14.3 8.1.29"],
    ["strips-byte-order-mark", "6.24.1 6.24.2"],
  ])("fail a server that %s in exactly the cases of that rule", async (defect, expected) => {
    const { failed } = await against(defect);
    const named = selectCases({ only: expected.split(" "), except: tooLong }).map(({ id }) => id);
    expect(failed).toEqual(named);
  });

  it.each<[Defect, nonStrict: string]>([
    ["takes-long-lengths", "1.3.* 8.1.2"],
    ["checks-utf8-at-the-end", "6.4.*"],
    ["reads-on-after-close", "7.1.3"],
  ])("report a server that %s as non-strict, and fail it in no case", async (defect, expected) => {
    const found = await against(defect);
    expect(found.failed).toEqual([]);
    expect(found.nonStrict).toEqual(selectCases({ only: expected.split(" ") }).map(({ id }) => id));
  });

  it.each<Defect>(["fails-without-close-frame", "fails-with-1000"])(
    "are not strict with a server that %s, in nearly all that fails a connection",
    async (defect) => {
      const { failed, nonStrict } = await against(defect);
      expect(nonStrict.length).toBeGreaterThan(150);
      // Where an invalid Close frame must fail the connection, a reply with 1000 means that it was accepted.
      expect(failed.length).toBe(defect === "fails-with-1000" ? 35 : 0);
    },
  );

  it("fail a server that ignores UTF-8 in every case of invalid text, and in no other", async () => {
    const { failed } = await against("ignores-utf8");
    const sound = await baseline();
    const invalid = sound.cases
      .filter(({ expect: { ending } }) => ending.type === "failed" && ending.statusCodes.includes(1007))
      .filter(({ id }) => !id.startsWith("7.") && !id.startsWith("8."));
    expect(failed.filter((id) => !id.startsWith("8."))).toEqual(invalid.map(({ id }) => id));
  });

  it.each<Defect>(["masks-its-frames", "mixes-up-types", "never-answers-close", "restarts-mask-late"])(
    "fail a server that %s in many cases",
    async (defect) => {
      const { failed } = await against(defect);
      expect(failed.length).toBeGreaterThan(20);
    },
  );
});
