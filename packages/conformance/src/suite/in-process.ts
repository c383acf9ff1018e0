/** Runs cases against endpoints in the same process, without a network and without waiting. */
import type { Role } from "@hybi/core";
import type { ConformanceCase } from "./case.ts";
import { type InProcessSubject, InProcessWire } from "./drive/in-process-wire.ts";
import { openAsClient, openAsServer } from "./drive/opening.ts";
import { receiveRequest } from "./drive/receive-request.ts";
import type { Report } from "./report/report.ts";
import { type RunOptions, runSelection } from "./run.ts";
import type { Attempt } from "./run-case.ts";

/**
 * Runs the cases for `role`, each against a new endpoint from `create`, and returns the report. The endpoint itself
 * need not echo: this function echoes for it.
 *
 * @example
 * const report = await testInProcess("server", "my codec", () => Endpoint.server({ extensions: [permessageDeflate()] }));
 * if (!passes(report)) console.log(formatText(report));
 */
export function testInProcess(
  role: Role,
  subject: string,
  create: (testCase: ConformanceCase) => InProcessSubject,
  options: RunOptions = {},
): Promise<Report> {
  const connect = async (testCase: ConformanceCase): Promise<Attempt> => {
    const wire = new InProcessWire(create(testCase));
    const plan = testCase.opening ?? {};
    if (role === "server") return { wire, opening: openAsClient(plan, { url: "ws://127.0.0.1/" }) };
    return { wire, opening: openAsServer(plan, (await receiveRequest(wire)).handshake) };
  };
  return runSelection(role, subject, connect, { ...options, http2: false, concurrency: 1 });
}
