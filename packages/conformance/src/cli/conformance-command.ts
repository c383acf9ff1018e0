/** The commands of `hybi-conformance` as a function of their arguments. */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Role } from "@hybi/core";
import { conformanceChapters, type Selection, selectCases } from "../suite/cases/all.ts";
import { formatHtml } from "../suite/report/html.ts";
import { formatJson } from "../suite/report/json.ts";
import { passes, type Report } from "../suite/report/report.ts";
import { formatText } from "../suite/report/text.ts";
import type { CaseResult } from "../suite/run-case.ts";
import { listenForClients } from "../suite/run-client.ts";
import { testServer } from "../suite/run-server.ts";

const help = `Holds a WebSocket server or client against RFC 6455, RFC 7692, RFC 8441 and the parts of HTTP that they rest on.

  hybi-conformance server <url>     tests the echo server at ws://… or wss://…
  hybi-conformance client           listens, and tests the clients that connect
  hybi-conformance cases            lists the cases

  --only <ids>        only these cases: 5.*, 6.4.1, 7; several with commas, or several times
  --except <ids>      not these
  --all               also the cases that take long
  --json <file>       writes the report as JSON
  --html <file>       writes the report as a page that needs nothing else
  --no-transcripts    does not print what passed in the cases that have failed
  --timeout <ms>      for the next answer (10000)
  --concurrency <n>   server: cases at a time (4)
  --http2             server: also chapter 18, over HTTP/2 without TLS; over TLS it is tested whenever it is offered
  --listen <port>     client: where to listen (9001)
  --host <address>    client: the address to listen on (127.0.0.1)
  --stay              client: goes on after a client is through
  --json              cases: as JSON, with all there is to know about them
  --role <role>       cases: of a server, or of a client

A server must send back what it is sent, text and binary. A client connects to /getCaseCount, which
answers with a number in a text message, then to /runCase?case=1&agent=name and so on, where it sends back what it is
sent until it is closed, and at last to /updateReports?agent=name.

Exits with 0 if no case has failed, with 1 if one has, and with 2 if nothing could be tested.
`;

const options = {
  help: { type: "boolean", short: "h" },
  only: { type: "string", multiple: true },
  except: { type: "string", multiple: true },
  all: { type: "boolean" },
  json: { type: "string" },
  html: { type: "string" },
  "no-transcripts": { type: "boolean" },
  timeout: { type: "string" },
  concurrency: { type: "string" },
  http2: { type: "boolean" },
  listen: { type: "string" },
  host: { type: "string" },
  stay: { type: "boolean" },
  role: { type: "string" },
} as const;

type Values = ReturnType<typeof parse>["values"];

/** `cases --json` takes no file name. */
function parse(args: readonly string[]) {
  const asJson = args[0] === "cases" ? { json: { type: "boolean" } as const } : {};
  return parseArgs({ args: [...args], allowPositionals: true, options: { ...options, ...asJson } });
}

/** Runs a command; returns the exit code. */
export async function runConformance(args: readonly string[]): Promise<number> {
  try {
    const { positionals, values } = parse(args);
    const [command, url, ...rest] = positionals;
    if (values.help === true || command === undefined) return write(help, values.help === true ? 0 : 2);
    if (command === "server" && url !== undefined && rest.length === 0) return await testUrl(url, values);
    if (command === "client" && url === undefined) return await testClients(values);
    if (command === "cases" && url === undefined) return listCases(values);
    throw new Error(`There is no command ${JSON.stringify(positionals.join(" "))}; see --help.`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
}

async function testUrl(url: string, values: Values): Promise<number> {
  const concurrency = numberOf(values.concurrency, "--concurrency");
  const report = await testServer(url, { ...runOptions(values, "server"), concurrency, http2: values.http2 });
  return conclude(report, values);
}

async function testClients(values: Values): Promise<number> {
  const { host } = values;
  return new Promise((resolve, reject) => {
    const listening = listenForClients({
      ...runOptions(values, "client"),
      host,
      port: numberOf(values.listen, "--listen") ?? 9001,
      onReport: (report) => {
        const exitCode = conclude(report, values);
        if (values.stay !== true) void listening.then((tester) => tester.close()).then(() => resolve(exitCode));
      },
      onProblem: (message) => process.stderr.write(`${message}\n`),
    });
    listening.then(({ port, caseCount }) => {
      process.stderr.write(`listening on ws://${host ?? "127.0.0.1"}:${port} with ${caseCount} cases\n`);
    }, reject);
  });
}

function listCases(values: Values): number {
  const { role } = values;
  if (role !== undefined && role !== "server" && role !== "client") throw new Error("A role is server or client.");
  const cases = selectCases({ ...selection(values), role, all: true });
  if (values.json !== undefined) return write(`${JSON.stringify(cases, undefined, 1)}\n`, 0);
  const lines = conformanceChapters.flatMap(({ number, title }) => {
    const ofChapter = cases.filter(({ id }) => id.startsWith(`${number}.`));
    return ofChapter.length === 0
      ? []
      : [
          `${number}. ${title}`,
          ...ofChapter.map(({ id, title: what, section }) => `  ${id.padEnd(8)} ${what} (${section})`),
        ];
  });
  return write(`${lines.join("\n")}\n`, 0);
}

function runOptions(values: Values, role: Role) {
  const answer = numberOf(values.timeout, "--timeout");
  return {
    ...selection(values),
    role,
    patience: answer === undefined ? {} : { answer },
    onResult: progress(),
  };
}

function selection({ only, except, all }: Values): Selection {
  const list = (ids: readonly string[] | undefined) => ids?.flatMap((text) => text.split(","));
  return { only: list(only), except: list(except), all };
}

/** Updates one line on a terminal; otherwise prints a line for every hundred cases. */
function progress(): (result: CaseResult, done: number, total: number) => void {
  const { stderr } = process;
  let failed = 0;
  return ({ id, verdict }, done, total) => {
    if (verdict === "failed") failed++;
    const text = `${done} of ${total}, ${failed} failed`;
    if (stderr.isTTY) stderr.write(`\r\u001b[K${done === total ? "" : `${text}, ${id}`}`);
    else if (done % 100 === 0) stderr.write(`${text}\n`);
  };
}

function conclude(report: Report, values: Values): number {
  if (typeof values.json === "string") writeFileSync(values.json, formatJson(report));
  if (values.html !== undefined) writeFileSync(values.html, formatHtml(report));
  process.stdout.write(formatText(report, { transcripts: values["no-transcripts"] !== true }));
  if (report.results.length === 0) return 2;
  return passes(report) ? 0 : 1;
}

function numberOf(text: string | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) throw new Error(`${flag} takes a number.`);
  return Number(text);
}

function write(text: string, exitCode: number): number {
  process.stdout.write(text);
  return exitCode;
}
