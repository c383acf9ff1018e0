/** Parses the command line arguments. */
import { parseArgs } from "node:util";
import { ourClient, ourServer, type Runtime, runtimes, type Subject } from "./subjects.ts";

/** Cases that take seconds: all except large messages (9) and series of a thousand compressed ones (12, 13). */
const quickCases: readonly string[] = ["1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "10.*"];

export interface Selection {
  readonly subjects: readonly Subject[];
  readonly cases: readonly string[];
  /** Whether the verdicts of this run become the expected ones. */
  readonly write: boolean;
  /** Number of subjects judged in parallel. */
  readonly parallel: number;
}

/** @throws TypeError for invalid arguments */
export function parseSelection(args: readonly string[]): Selection {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: "boolean", default: false },
      server: { type: "string", multiple: true, default: [] },
      client: { type: "string", multiple: true, default: [] },
      cases: { type: "string" },
      write: { type: "boolean", default: false },
    },
  });
  const chosen = [...values.server.map(runtimeOf).map(ourServer), ...values.client.map(runtimeOf).map(ourClient)];
  const isQuick = values.quick || values.cases !== undefined;
  return {
    subjects: chosen.length > 0 ? chosen : [...runtimes.map(ourServer), ...runtimes.map(ourClient)],
    cases: values.cases?.split(",") ?? (values.quick ? quickCases : ["*"]),
    write: values.write,
    // Quick cases mostly wait; large messages keep one processor busy on each side.
    parallel: isQuick ? 3 : 2,
  };
}

function runtimeOf(name: string): Runtime {
  const runtime = runtimes.find((each) => each === name);
  if (runtime === undefined) throw new TypeError(`${name} is not one of ${runtimes.join(", ")}.`);
  return runtime;
}
