/** The criteria for a server that withstands an attack, and whether a server met them. */
import { heapAllowance } from "./heap-allowance.ts";
import type { HostileReport } from "./measure.ts";

export interface Criterion {
  readonly title: string;
  /** `unknown` when it could not be measured. */
  readonly verdict: "pass" | "fail" | "unknown";
  /** The measured value, and the limit it is compared with. */
  readonly detail: string;
}

export interface Yardstick {
  /** Bytes that a server may hold on behalf of its clients. */
  readonly budget: number;
  /** The p99 in milliseconds of a reference server under the same attack, if there is one. */
  readonly reference?: number | undefined;
}

/** Factor on the budget, for memory that the runtime itself uses. */
const allowance = 1.2;

/** How many times slower than the slower of the quiet server and the reference an innocent client may be served. */
const slowdown = 3;

/** A p99 below this cannot be distinguished from timer and scheduler noise. */
const leastLatency = 5;

const mebibytes = (bytes: number): string => `${Math.round(bytes / 1_048_576)} MiB`;
const milliseconds = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;

export function judgeHostile(report: HostileReport, { budget, reference = 0 }: Yardstick): readonly Criterion[] {
  const { quiet, attacked, afterwards, process } = report;
  const { sent, answered, wrong } = attacked.messages;
  const most = slowdown * Math.max(quiet.latencies.p99, reference, leastLatency);
  const unmeasured = (title: string): Criterion => ({ title, verdict: "unknown", detail: "the process was not found" });
  const criterion = (title: string, holds: boolean, detail: string): Criterion => ({
    title,
    verdict: holds ? "pass" : "fail",
    detail,
  });
  const criteria: Criterion[] = [];
  if (process === undefined) criteria.push(unmeasured("memory"), unmeasured("recovery"));
  else {
    const { resident, descriptors, connections, recovered } = process;
    const ceiling = resident.before + allowance * budget;
    criteria.push(
      criterion("memory", resident.peak <= ceiling, `${mebibytes(resident.peak)}, at most ${mebibytes(ceiling)}`),
      criterion(
        "recovery",
        recovered !== undefined && resident.after > 0,
        `${descriptors.after} descriptors and ${connections.after} connections, ` +
          `${descriptors.before} and ${connections.before} before`,
      ),
    );
  }
  const { heap } = report;
  if (heap === undefined) criteria.push({ title: "heap", verdict: "unknown", detail: "the server does not tell" });
  else {
    const most = heap.before + heapAllowance;
    const detail = Number.isFinite(heap.after) ? mebibytes(heap.after) : "no answer";
    criteria.push(criterion("heap", heap.after <= most, `${detail} afterwards, at most ${mebibytes(most)}`));
  }
  criteria.push(
    criterion(
      "messages",
      sent > 0 && answered === sent && wrong === 0 && attacked.closed === 0,
      `${answered} of ${sent} answered, ${wrong} wrongly; ${attacked.closed} connections ended`,
    ),
    criterion(
      "latency",
      attacked.latencies.p99 <= most,
      `p99 ${milliseconds(attacked.latencies.p99)}, at most ${milliseconds(most)}`,
    ),
    criterion(
      "service",
      afterwards.messages.sent > 0 && afterwards.messages.answered === afterwards.messages.sent,
      `${afterwards.messages.answered} of ${afterwards.messages.sent} answered afterwards`,
    ),
  );
  return criteria;
}
