/**
 * Runs cases against clients that connect. It uses the protocol of the Autobahn testsuite, so that programs that drive
 * a client through Autobahn work here too:
 *
 * - `/getCaseCount` sends the number of cases as a text message, and closes;
 * - `/runCase?case=1&agent=name` runs a case, counted from 1: the client echoes every message until it is closed;
 * - `/getCaseInfo?case=1` and `/getCaseStatus?case=1&agent=name` send JSON, and close;
 * - `/updateReports?agent=name` closes, and passes the report to `onReport`.
 */
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { encodeFrame, opcodes } from "@hybi/core/frame";
import type { ConformanceCase } from "./case.ts";
import { selectCases } from "./cases/all.ts";
import type { Patience } from "./drive/conversation.ts";
import { openAsServer } from "./drive/opening.ts";
import { type ReceivedRequest, receiveRequest } from "./drive/receive-request.ts";
import { SocketWire } from "./drive/socket-wire.ts";
import type { Report } from "./report/report.ts";
import type { RunOptions } from "./run.ts";
import { type CaseResult, defaultPatience, resolvePatience, runCase } from "./run-case.ts";

/** Options of `listenForClients()`. */
export interface ListenForClientsOptions extends Omit<RunOptions, "concurrency"> {
  /** Port to listen on. 0, the default, selects a free one. */
  readonly port?: number | undefined;
  /** The address to listen on. Default: 127.0.0.1. */
  readonly host?: string | undefined;
  /** Called with the report when a client has finished. */
  readonly onReport: (report: Report) => void;
  /** Called for connections that cannot be used, such as those with a faulty opening request. */
  readonly onProblem?: ((message: string) => void) | undefined;
}

/** A server that tests the clients that connect to it. */
export interface ClientTester {
  readonly port: number;
  /** The number of cases. */
  readonly caseCount: number;
  /** Stops listening, gives running cases two seconds to finish, and drops the rest. */
  close(): Promise<void>;
}

/** The results of one client so far. */
interface Progress {
  readonly begin: number;
  readonly results: Map<string, CaseResult>;
}

const behaviours = {
  ok: "OK",
  "non-strict": "NON-STRICT",
  informational: "INFORMATIONAL",
  unsupported: "UNIMPLEMENTED",
  failed: "FAILED",
} as const;

/** Listens for clients to test. Resolves once it is listening. */
export async function listenForClients(options: ListenForClientsOptions): Promise<ClientTester> {
  const { port = 0, host = "127.0.0.1" } = options;
  const tester = new Tester(options);
  const sockets = new Set<Socket>();
  const served = new Set<Promise<void>>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    const serving = tester.serve(new SocketWire(socket)).finally(() => served.delete(serving));
    served.add(serving);
  });
  server.listen(port, host);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    caseCount: tester.cases.length,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      await atMost(Promise.all(served), defaultPatience.end);
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

class Tester {
  readonly cases: readonly ConformanceCase[];
  readonly #options: ListenForClientsOptions;
  readonly #patience: Patience;
  readonly #agents = new Map<string, Progress>();

  constructor(options: ListenForClientsOptions) {
    this.cases = selectCases({ ...options, role: "client" });
    this.#options = options;
    this.#patience = resolvePatience(options.patience);
  }

  async serve(wire: SocketWire): Promise<void> {
    try {
      const received = await receiveRequest(wire);
      const url = new URL(received.request.resourceName, "ws://localhost");
      const agent = url.searchParams.get("agent") ?? "a client";
      const testCase = this.cases[Number(url.searchParams.get("case") ?? "0") - 1];
      if (url.pathname === "/runCase" && testCase !== undefined) await this.#run(testCase, agent, wire, received);
      else if (url.pathname === "/updateReports") {
        // Report before closing the connection, so that a client that sees the close can rely on the report.
        this.#options.onReport(this.#report(agent));
        await tell(wire, received, undefined);
      } else await this.#answer(url.pathname, testCase, agent, wire, received);
    } catch (error) {
      this.#options.onProblem?.(error instanceof Error ? error.message : String(error));
      wire.destroy();
    }
  }

  async #run(testCase: ConformanceCase, agent: string, wire: SocketWire, received: ReceivedRequest): Promise<void> {
    const { results } = this.#progress(agent);
    const attempt = async () => ({ wire, opening: openAsServer(testCase.opening ?? {}, received.handshake) });
    const result = await runCase(testCase, attempt, this.#patience);
    results.set(testCase.id, result);
    this.#options.onResult?.(result, results.size, this.cases.length);
  }

  async #answer(
    path: string,
    testCase: ConformanceCase | undefined,
    agent: string,
    wire: SocketWire,
    received: ReceivedRequest,
  ): Promise<void> {
    if (path === "/getCaseCount") await tell(wire, received, String(this.cases.length));
    else if (path === "/getCaseInfo" && testCase !== undefined) {
      await tell(wire, received, JSON.stringify({ id: testCase.id, description: testCase.title }));
    } else if (path === "/getCaseStatus" && testCase !== undefined) {
      const verdict = this.#progress(agent).results.get(testCase.id)?.verdict ?? "failed";
      await tell(wire, received, JSON.stringify({ behavior: behaviours[verdict] }));
    } else {
      received.handshake.reject({ status: 404, body: "There is no such case or path.\n" });
      for (const bytes of received.handshake.takeOutput()) await wire.write(bytes);
      wire.end();
      this.#options.onProblem?.(`A client asked for ${JSON.stringify(received.request.resourceName)}.`);
    }
  }

  #progress(agent: string): Progress {
    let progress = this.#agents.get(agent);
    if (progress === undefined) {
      progress = { begin: performance.now(), results: new Map() };
      this.#agents.set(agent, progress);
    }
    return progress;
  }

  #report(agent: string): Report {
    const { begin, results } = this.#progress(agent);
    return {
      subject: agent,
      role: "client",
      milliseconds: performance.now() - begin,
      cases: this.cases,
      results: this.cases.map(({ id }) => results.get(id) ?? missing(id)),
    };
  }
}

/** The result of a case that the client has not run. */
function missing(id: string): CaseResult {
  const reason = "The client did not connect for it.";
  return { id, verdict: "failed", reason, milliseconds: 0, passages: [], dropped: 0, statusCode: undefined };
}

/** Opens the connection, sends `message` if there is one, closes, and waits for the client to close. */
async function tell(wire: SocketWire, { handshake }: ReceivedRequest, message: string | undefined): Promise<void> {
  handshake.accept();
  for (const bytes of handshake.takeOutput()) await wire.write(bytes);
  if (message !== undefined) {
    await wire.write(encodeFrame({ opcode: opcodes.text, payload: new TextEncoder().encode(message) }));
  }
  await wire.write(encodeFrame({ opcode: opcodes.close, payload: Uint8Array.of(0x03, 0xe8) }));
  const ended = new Promise<void>((resolve) => wire.start({ data: () => wire.end(), end: () => resolve() }));
  await atMost(ended, defaultPatience.end);
  wire.destroy();
}

/** Waits for `promise`, but at most `milliseconds`. */
async function atMost(promise: Promise<unknown>, milliseconds: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([promise, late]);
  clearTimeout(timer);
}
