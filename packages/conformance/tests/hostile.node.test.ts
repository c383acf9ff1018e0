/** The command that attacks servers, as a program, for a short time and with few clients. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { attackKinds, type Criterion, type HostileReport, judgeHostile } from "@hybi/conformance/hostile";
import { Endpoint } from "@hybi/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const program = fileURLToPath(new URL("../src/cli/hostile.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "hybi-hostile-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** An echo server without defences except those of core. */
function startEcho(): Server {
  return createServer((socket) => {
    const endpoint = Endpoint.server();
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      for (const event of endpoint.receive(bytes)) {
        if (event.type === "request") endpoint.accept();
        else if (endpoint.state !== "open") continue;
        else if (event.type === "text") endpoint.sendText(event.data);
        else if (event.type === "binary") endpoint.sendBinary(event.data);
      }
      for (const chunk of endpoint.takeOutput()) socket.write(chunk);
      if (endpoint.transportAction === "end") socket.end();
    });
  });
}

interface Written {
  readonly report: HostileReport;
  readonly criteria: readonly Criterion[];
}

describe("hybi-hostile, attacking an echo server for a short time", () => {
  const server = startEcho();
  let exitCode: number | null = null;
  let output = "";
  let written: Written;

  beforeAll(async () => {
    await once(server.listen(0, "127.0.0.1"), "listening");
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const json = join(folder, "report.json");
    const numbers = ["--seconds", "2", "--quiet", "0.5", "--recovery", "5", "--processes", "1"];
    const clients = ["--clients", "23", "--innocents", "2", "--except", "never-reading,unfinished-messages"];
    const child = spawn(
      process.execPath,
      ["--conditions=@hybi/source", "--import", "tsx", program, url, ...numbers, ...clients, "--json", json],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    [exitCode] = (await once(child, "close")) as [number | null];
    written = JSON.parse(readFileSync(json, "utf8"));
  }, 120_000);

  afterAll(() => server.close());

  it("connects clients of every selected kind, and the server responds to them", () => {
    const { attackers } = written.report;
    const meant = attackKinds.filter(
      ({ name, transport }) => transport === undefined && name !== "never-reading" && name !== "unfinished-messages",
    );
    expect(Object.keys(attackers)).toEqual(meant.map(({ name }) => name));
    expect(Object.values(attackers).filter(({ connected }) => connected === 0)).toEqual([]);
    expect(attackers.offers?.endings["431"]).toBeGreaterThan(0);
    expect(attackers.texts?.opened).toBeGreaterThan(0);
    expect(attackers.silence).toMatchObject({ opened: 0, sent: 0 });
  });

  it("measures innocent clients during the attack, the quiet server, and the recovery", () => {
    const { quiet, attacked, afterwards } = written.report;
    for (const { messages, latencies } of [quiet, attacked, afterwards]) {
      expect(messages.sent).toBeGreaterThan(0);
      expect(messages).toEqual({ sent: messages.sent, answered: messages.sent, wrong: 0 });
      expect(latencies.count).toBe(messages.sent);
    }
    expect(attacked.late.opened + attacked.late.failed).toBeGreaterThan(0);
  });

  it("prints the server, each kind and each criterion, and exits with 1 when a criterion is missed", () => {
    const { criteria } = written;
    for (const { title } of criteria) expect(output).toMatch(new RegExp(`^(pass|fail|unknown) +${title} `, "m"));
    for (const name of Object.keys(written.report.attackers)) expect(output).toMatch(new RegExp(`^${name} `, "m"));
    expect(exitCode).toBe(criteria.some(({ verdict }) => verdict === "fail") ? 1 : 0);
  });

  it("is judged by the budget, by every response, by the slower of two p99s, and by what remains", () => {
    const verdicts = (report: HostileReport, budget: number, reference?: number): Record<string, string> =>
      Object.fromEntries(judgeHostile(report, { budget, reference }).map(({ title, verdict }) => [title, verdict]));
    const mebibyte = 1_048_576;
    const course = { before: 50 * mebibyte, peak: 170 * mebibyte, after: 60 * mebibyte };
    const few = { before: 30, peak: 1_000, after: 30 };
    const rest = { descriptors: few, connections: few, processorTime: 1, recovered: 100 };
    const { quiet, attacked } = written.report;
    const latencies = (p99: number) => ({ count: 100, p50: 1, p99, max: p99 });
    const report: HostileReport = {
      ...written.report,
      quiet: { ...quiet, latencies: latencies(10) },
      attacked: { ...attacked, latencies: latencies(31), closed: 0 },
      process: { ...rest, resident: course },
    };
    expect(verdicts(report, 100 * mebibyte, 11)).toMatchObject({ memory: "pass", latency: "pass", recovery: "pass" });
    expect(verdicts(report, 99 * mebibyte)).toMatchObject({ memory: "fail", latency: "fail", messages: "pass" });
    expect(verdicts({ ...report, attacked: { ...report.attacked, closed: 1 } }, mebibyte).messages).toBe("fail");
    const never = { ...rest, resident: course, recovered: undefined };
    expect(verdicts({ ...report, process: never }, mebibyte).recovery).toBe("fail");
    const heap = (after: number) => verdicts({ ...report, heap: { before: mebibyte, after } }, mebibyte).heap;
    expect([heap(17 * mebibyte), heap(18 * mebibyte), heap(Number.NaN)]).toEqual(["pass", "fail", "fail"]);
    expect(verdicts({ ...report, process: undefined }, mebibyte)).toMatchObject({
      memory: "unknown",
      heap: "unknown",
      recovery: "unknown",
    });
  });
});
