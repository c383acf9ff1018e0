/** The runner over real sockets, with servers and clients that misbehave in more than one rule. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import {
  formatHtml,
  formatJson,
  formatText,
  listenForClients,
  passes,
  type Report,
  testServer,
} from "@hybi/conformance";
import { encodeFrame, opcodes } from "@hybi/core/frame";
import { describe, expect, it, onTestFinished } from "vitest";
import { NaiveServer } from "./naive-endpoint.ts";

/** Listens for the duration of one test. */
async function listen(serve: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    serve(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function serveNaively(socket: Socket): void {
  const subject = new NaiveServer();
  const react = (events: ReturnType<NaiveServer["receive"]>): void => {
    for (const { type, data } of events) {
      if (type === "request") react(subject.accept());
      if (subject.state === "open" && type === "text") subject.sendText(data as string);
      if (subject.state === "open" && type === "binary") subject.sendBinary(data as Uint8Array);
    }
  };
  const write = (): void => {
    for (const bytes of subject.takeOutput()) socket.write(bytes);
    if (subject.transportAction === "end") socket.end();
  };
  socket.on("data", (bytes: Uint8Array) => {
    react(subject.receive(bytes));
    write();
  });
  socket.on("end", () => {
    subject.receiveEnd();
    write();
  });
}

const handshake = (key: string): string => {
  const subject = new NaiveServer();
  const lines = ["GET / HTTP/1.1", "Host: x", "Upgrade: websocket", "Connection: Upgrade", `Sec-WebSocket-Key: ${key}`];
  subject.receive(new TextEncoder().encode([...lines, "Sec-WebSocket-Version: 13", "", ""].join("\r\n")));
  subject.accept();
  return subject
    .takeOutput()
    .map((bytes) => new TextDecoder().decode(bytes))
    .join("");
};

/** Accepts the request, and continues with `serve`. */
function afterOpening(serve: (socket: Socket) => void): (socket: Socket) => void {
  return (socket) => {
    socket.once("data", (request) => {
      socket.write(handshake(/Sec-WebSocket-Key: (\S+)/.exec(String(request))?.[1] ?? ""));
      serve(socket);
    });
  };
}

const impatient = { answer: 300, failFast: 50, silence: 20, end: 50 };
const only = ["1.1.1", "2.1", "3.1", "7.1.1", "15.2.1"];

describe("testServer", () => {
  it("passes a server that observes the rules, and reports every case when it ends", async () => {
    const seen: string[] = [];
    const url = await listen(serveNaively);
    const options = { only: ["2", "4", "5.1", "5.6", "7.9.*"], onResult: ({ id }: { id: string }) => seen.push(id) };
    const report = await testServer(url, options);
    expect(passes(report) ? "" : formatText(report)).toBe("");
    expect(seen.length).toBe(report.results.length);
    expect(report.results.map(({ id }) => id)).toEqual(report.cases.map(({ id }) => id));
  });

  it.each([2 ** 31, 1e12, Number.POSITIVE_INFINITY])(
    "waits for an answer as long as it is told to: %d ms [R14]",
    async (answer) => {
      const warnings: string[] = [];
      const warn = ({ name }: Error): void => void warnings.push(name);
      process.on("warning", warn);
      onTestFinished(() => void process.off("warning", warn));
      const patience = { answer, failFast: answer, silence: answer, end: answer };
      const report = await testServer(await listen(serveNaively), { only: ["1.1.1", "2.1", "4.1.1"], patience });
      expect(passes(report) ? "" : formatText(report)).toBe("");
      expect(warnings).toEqual([]);
    },
  );

  it.each([Number.NaN, -1, "5", null])(
    "refuses %s as a time to wait, as listening for clients does [R14]",
    async (value) => {
      const patience = { silence: value as number };
      const refused = { code: "option/range", message: expect.stringContaining("patience.silence") as unknown };
      await expect(testServer("ws://127.0.0.1:1/", { only, patience })).rejects.toMatchObject(refused);
      await expect(listenForClients({ patience, onReport: () => {} })).rejects.toMatchObject(refused);
    },
  );

  it.each<[string, (socket: Socket) => void, RegExp]>([
    ["that never answers", () => {}, /did not answer/],
    ["that closes at once", (socket) => socket.destroy(), /closed the connection without an answer/],
    ["that answers with garbage", (socket) => socket.write("\xff garbage\r\n\r\n"), /broke a rule itself/],
    [
      "that never ends its head",
      (socket) => socket.write(`HTTP/1.1 101 x\r\nX: ${"y".repeat(20_000)}`),
      /broke a rule itself/,
    ],
  ])("fails a server %s, in every case whose connection could not be opened", async (_, serve, reason) => {
    const report = await testServer(await listen(serve), { only, patience: impatient });
    const [first, ...others] = report.results;
    expect(first).toMatchObject({ id: "1.1.1", verdict: "failed", reason: expect.stringMatching(reason) });
    expect(others.slice(0, 3).every(({ verdict }) => verdict === "failed")).toBe(true);
  });

  it.each<[string, (socket: Socket) => void, RegExp]>([
    ["that hangs after the handshake", () => {}, /did not come/],
    ["that drops the connection after the handshake", (socket) => socket.destroy(), /did not come/],
    [
      "that floods the tester with messages",
      (socket) => {
        const frame = encodeFrame({ opcode: opcodes.text, payload: new TextEncoder().encode("flood") });
        const flood = (): void => {
          while (!socket.destroyed && socket.write(frame));
          if (!socket.destroyed) socket.once("drain", flood);
        };
        flood();
      },
      /It sent text/,
    ],
    [
      "that floods the tester with Pings",
      (socket) => {
        const frame = encodeFrame({ opcode: opcodes.ping });
        const flood = (): void => {
          if (!socket.destroyed) socket.write(frame, () => setImmediate(flood));
        };
        flood();
      },
      /did not come/,
    ],
  ])("fails a server %s", async (_, serve, reason) => {
    // A flood is detected at once; for silence the runner waits.
    const patience = { ...impatient, answer: reason.source === "It sent text" ? 10_000 : 300 };
    const report = await testServer(await listen(afterOpening(serve)), { only: ["1.1.2"], patience });
    expect(report.results[0]).toMatchObject({ verdict: "failed", reason: expect.stringMatching(reason) });
  });

  it.each([
    [opcodes.text, "failed", /sent data frames after its Close frame/],
    [opcodes.pong, "non-strict", /sent control frames after its Close frame/],
  ])("detects a frame with the opcode %i after a Close frame", async (opcode, verdict, reason) => {
    const bytes = [encodeFrame({ opcode: opcodes.close, payload: Uint8Array.of(0x03, 0xe8) }), encodeFrame({ opcode })];
    const serve = afterOpening((socket) => socket.once("data", () => socket.end(Buffer.concat(bytes))));
    const report = await testServer(await listen(serve), { only: ["7.3.3"], patience: impatient });
    expect(report.results[0]).toMatchObject({ verdict, reason: expect.stringMatching(reason) });
  });

  it("fails every case when no server listens", async () => {
    const report = await testServer("ws://127.0.0.1:1/", { only });
    expect(report.results.map(({ verdict }) => verdict)).toEqual(only.map(() => "failed"));
    expect(report.results[0]?.reason).toMatch(/could not be made: .*ECONNREFUSED/);
  });

  it("reports cases as unsupported, not failed, when the server declines compression", async () => {
    const report = await testServer(await listen(serveNaively), { only: ["12.1.1", "14.1.1"] });
    expect(report.results.map(({ verdict }) => verdict)).toEqual(["unsupported", "unsupported"]);
    expect(passes(report)).toBe(true);
  });
});

describe("a report", () => {
  it("reports as text, as JSON and as a page what has failed, why, and what was sent", async () => {
    const url = await listen(
      afterOpening((socket) => socket.write(encodeFrame({ opcode: 0x3, payload: Uint8Array.of(0x3c) }))),
    );
    const report = await testServer(`${url}?<script>`, { only: ["2.2"], patience: impatient });
    const text = formatText(report);
    expect(text).toMatch(
      /^failed +2\.2 +A Ping gets a Pong with its payload \(RFC 6455 §5\.5\.2\)\n +It broke a rule itself: .*frame\/opcode-reserved/,
    );
    expect(text).toContain("✗ frame/opcode-reserved");
    expect(text).toMatch(/0 ok, 1 failed; 1 cases in [\d.]+ s\n$/);
    const json = JSON.parse(formatJson(report));
    expect(json).toMatchObject({
      role: "server",
      tally: { failed: 1 },
      cases: [{ id: "2.2", autobahn: "2.2", verdict: "failed" }],
    });
    expect(json.cases[0].transcript.join("\n")).toContain("server ◀── 83 ");
    const html = formatHtml(report);
    expect(html).not.toContain("<script>, as");
    expect(html).not.toMatch(/(src|href)=/);
    expect(html).toContain('<details class="case" data-verdict="failed">');
  });
});

describe("listenForClients", () => {
  async function withTester(
    only: string[],
    use: (port: number) => Promise<void>,
  ): Promise<{ reports: Report[]; problems: string[] }> {
    const reports: Report[] = [];
    const problems: string[] = [];
    const tester = await listenForClients({
      only,
      patience: impatient,
      onReport: (report) => reports.push(report),
      onProblem: (message) => problems.push(message),
    });
    await use(tester.port);
    await tester.close();
    return { reports, problems };
  }

  /** Everything received until the connection was closed. */
  async function ask(port: number, path: string, more: Uint8Array = new Uint8Array(0)): Promise<string> {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    let received = "";
    socket.on("data", (bytes) => {
      received += bytes.toString("latin1");
      // The tester's Close frame.
      if (received.endsWith("\x88\x02\x03\xe8")) socket.end(Uint8Array.of(0x88, 0x80, 0, 0, 0, 0));
    });
    const lines = [`GET ${path} HTTP/1.1`, "Host: x", "Upgrade: websocket", "Connection: Upgrade"];
    socket.write(
      [...lines, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13", "", ""].join("\r\n"),
    );
    socket.write(more);
    await once(socket, "close");
    return received;
  }

  it("serves the number of cases, their titles and results, and reports omitted cases as failed", async () => {
    const { reports } = await withTester(["2.7", "7.3.1", "1.1.1"], async (port) => {
      expect(await ask(port, "/getCaseCount")).toContain("\x81\x013");
      expect(await ask(port, "/getCaseInfo?case=2")).toContain('{"id":"2.7"');
      // An unsolicited Pong, and the Close frame in reply to the tester's.
      await ask(port, "/runCase?case=2&agent=me");
      expect(await ask(port, "/getCaseStatus?case=2&agent=me")).toContain('{"behavior":"OK"}');
      await ask(port, "/updateReports?agent=me");
    });
    expect(reports).toHaveLength(1);
    expect(reports[0]).toMatchObject({ subject: "me", role: "client" });
    expect(reports[0]?.results.map(({ id, verdict, reason }) => [id, verdict, reason])).toEqual([
      ["1.1.1", "failed", "The client did not connect for it."],
      ["2.7", "ok", ""],
      ["7.3.1", "failed", "The client did not connect for it."],
    ]);
  });

  it("responds to an unknown path with 404, and to an invalid request with the reason", async () => {
    const { problems } = await withTester(["2.1"], async (port) => {
      expect(await ask(port, "/elsewhere")).toContain("404");
      expect(await ask(port, "/runCase?case=9")).toContain("404");
      const socket = connect(port, "127.0.0.1");
      socket.end("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      const [answer] = await once(socket, "data");
      expect(String(answer)).toMatch(/^HTTP\/1\.1 4\d\d /);
      await once(socket, "close");
    });
    expect(problems).toHaveLength(3);
    expect(problems[2]).toMatch(/Its opening request breaks a rule/);
  });
});
