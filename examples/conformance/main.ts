/**
 * Tests our own implementations against the RFCs: the echo servers of all runtimes, a server with TLS and HTTP/2, and the
 * clients of all runtimes. Prints every case that is not ok, and exits with 1 if a case has failed.
 *
 * `pnpm conformance:own --all --only "5.*"`; both flags are optional.
 */
import { parseArgs } from "node:util";
import { formatText, listenForClients, passes, type Report, testServer } from "@hybi/conformance";
import { runProgram, runtimes, startServer } from "../echo/programs.ts";
import { openHttp2Echo } from "./http2-echo.ts";

const { values } = parseArgs({ options: { all: { type: "boolean" }, only: { type: "string", multiple: true } } });
let failures = 0;

function conclude(what: string, report: Report): void {
  console.log(`--- ${what}`);
  console.log(formatText(report));
  if (!passes(report)) failures++;
}

for (const runtime of runtimes) {
  const { url, stop } = await startServer(runtime, "--deflate");
  conclude(`the server in ${runtime}`, await testServer(url, values));
  await stop();
}

const secure = await openHttp2Echo();
// The bytes before the frames are read by node:http here, which is not our code.
conclude(
  "TLS and HTTP/2, in node",
  await testServer(secure.url, { only: ["1", "2", "5", "6", "7", "14", "18"], ...values }),
);
await secure.close();

for (const runtime of runtimes) {
  let report: Report | undefined;
  const tester = await listenForClients({ ...values, onReport: (made) => (report = made), onProblem: console.error });
  await runProgram(runtime, "../conformance/client.ts", [`ws://127.0.0.1:${tester.port}`, `hybi in ${runtime}`]);
  await tester.close();
  if (report === undefined) throw new Error(`The client in ${runtime} did not complete.`);
  conclude(`the client in ${runtime}`, report);
}

process.exit(failures === 0 ? 0 : 1);
