/** Plays a scenario with one implementation, and writes down what could be observed. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as delay, setImmediate as turn } from "node:timers/promises";
import type * as ws from "ws";
import type { Payload, Scenario, Step } from "./scenario.ts";
import { brief, FrameReader } from "./wire.ts";

/** The part of the interface of ws that is played with. */
export type Implementation = Pick<typeof ws, "WebSocket" | "WebSocketServer">;

export interface Transcript {
  /** Events of the subject, results of its callbacks, and what its methods threw, in order. */
  readonly events: string[];
  /** What came over the wire from the subject: the head, then frames. */
  readonly wire: string[];
  /** Properties when all is over. */
  readonly end: string[];
}

/**
 * @param patience how long, in milliseconds, nothing must happen until the next step begins; both ends are in this process, so
 *   little is enough
 */
export async function play(implementation: Implementation, scenario: Scenario, patience: number): Promise<Transcript> {
  const stage = new Stage(implementation, scenario, patience);
  try {
    return await stage.play();
  } finally {
    await stage.clear();
  }
}

class Stage {
  readonly #events: string[] = [];
  readonly #wire: string[] = [];
  readonly #frames = new FrameReader();
  readonly #implementation: Implementation;
  readonly #scenario: Scenario;
  readonly #patience: number;
  readonly #clearing: (() => unknown)[] = [];
  #activity = 0;
  #head = "";
  #isOpen = false;
  #peer: Socket | undefined;
  #subject: ws.WebSocket | undefined;
  #server: ws.WebSocketServer | undefined;

  constructor(implementation: Implementation, scenario: Scenario, patience: number) {
    this.#implementation = implementation;
    this.#scenario = scenario;
    this.#patience = patience;
  }

  async play(): Promise<Transcript> {
    const { role, steps, isEager } = this.#scenario;
    const [first] = steps;
    const eager = isEager && first?.do === "write" ? first : undefined;
    if (role === "server") await this.#openServer(eager);
    else await this.#openClient(eager);
    await this.#settle();
    for (const step of eager === undefined ? steps : steps.slice(1)) {
      this.#take(step);
      if (step.do === "write") for (const piece of step.pieces) await this.#write(piece);
      await this.#settle();
    }
    this.#note("the peer is gone");
    this.#peer?.destroy();
    this.#subject?.resume();
    await this.#settle();
    const subject = this.#subject;
    const end =
      subject === undefined
        ? []
        : [
            `readyState ${subject.readyState}`,
            `protocol "${subject.protocol}"`,
            `extensions "${subject.extensions}"`,
            `isPaused ${subject.isPaused}`,
            `binaryType ${subject.binaryType}`,
          ];
    if (this.#server !== undefined) end.push(`${this.#server.clients.size} clients`);
    if (this.#frames.rest !== "") this.#wire.push(this.#frames.rest);
    return { events: this.#events, wire: this.#wire, end };
  }

  async clear(): Promise<void> {
    this.#subject?.terminate();
    for (const clear of this.#clearing.reverse()) await clear();
  }

  #note(event: string): void {
    this.#activity++;
    this.#events.push(event);
  }

  /** Waits until nothing has happened for a while. */
  async #settle(): Promise<void> {
    for (let before = -1, quiet = 0; quiet < 2; ) {
      for (let turns = 0; turns < 5; turns++) await turn();
      await delay(this.#patience);
      quiet = before === this.#activity ? quiet + 1 : 0;
      before = this.#activity;
    }
  }

  async #write(piece: Uint8Array): Promise<void> {
    const peer = this.#peer;
    if (peer === undefined || !peer.writable) return;
    peer.write(piece);
    await turn();
    await turn();
  }

  #headOf(more: Record<string, string>): string {
    const [start = "", ...lines] = this.#scenario.head;
    const text = [start, ...lines].join("\r\n");
    const filled = Object.entries(more).reduce((all, [word, value]) => all.replace(word, value), text);
    return filled.includes("\r\n\r\n") ? filled : `${filled}\r\n\r\n`;
  }

  #listenToPeer(peer: Socket, onHead: (head: string) => void): void {
    this.#peer = peer;
    this.#clearing.push(() => peer.destroy());
    let isHeadDone = false;
    let received = Buffer.alloc(0);
    peer.on("data", (chunk) => {
      this.#activity++;
      if (isHeadDone) {
        this.#read(chunk);
        return;
      }
      received = Buffer.concat([received, chunk]);
      const end = received.indexOf("\r\n\r\n");
      if (end < 0) return;
      isHeadDone = true;
      this.#head = received.subarray(0, end).toString("latin1");
      const rest = received.subarray(end + 4);
      this.#wire.push(...normalised(this.#head));
      onHead(this.#head);
      this.#read(rest);
    });
    peer.on("end", () => {
      this.#activity++;
      this.#wire.push("end");
    });
    peer.on("error", () => {});
    peer.on("close", () => this.#activity++);
  }

  /** After a refusal comes a body; after a 101 or a request come frames. */
  #read(bytes: Buffer): void {
    if (bytes.length === 0) return;
    if (this.#isOpen) this.#wire.push(...this.#frames.read(bytes));
    else this.#wire.push(`body ${bytes.toString("latin1")}`);
  }

  async #openServer(eager: (Step & { do: "write" }) | undefined): Promise<void> {
    const { options, protocols } = this.#scenario;
    const server = new this.#implementation.WebSocketServer({
      host: "127.0.0.1",
      port: 0,
      path: "/chat",
      ...options,
      ...(protocols.length > 0 && {
        handleProtocols: (offered: Set<string>) => {
          this.#note(`handleProtocols ${[...offered].join()}`);
          return protocols.find((name) => offered.has(name)) ?? false;
        },
      }),
    });
    this.#server = server;
    server.on("headers", (lines) => this.#note(`headers ${lines.length}`));
    if (this.#scenario.answersItself) {
      server.on("wsClientError", (error, socket, request) => {
        this.#note(`wsClientError ${nameOf(error)} ${request.url}`);
        socket.end("HTTP/1.1 418 Own\r\n\r\n");
        socket.once("finish", () => socket.destroy());
      });
    }
    server.on("connection", (socket, request) => {
      this.#note(
        `connection ${request.method} ${request.url} ${request.headers.origin ?? "-"} ${request.headers.cookie ?? "-"} ${server.clients.size}`,
      );
      this.#listenToSubject(socket);
    });
    await once(server, "listening");
    this.#clearing.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
    const peer = connect((server.address() as AddressInfo).port, "127.0.0.1");
    this.#listenToPeer(peer, (head) => {
      this.#isOpen = head.startsWith("HTTP/1.1 101");
    });
    await once(peer, "connect");
    peer.write(this.#headOf({ HOST: "127.0.0.1" }), "latin1");
    if (eager !== undefined) for (const piece of eager.pieces) peer.write(piece);
  }

  async #openClient(eager: (Step & { do: "write" }) | undefined): Promise<void> {
    const { options, protocols } = this.#scenario;
    const listener = createServer({ allowHalfOpen: true });
    listener.listen(0, "127.0.0.1");
    await once(listener, "listening");
    this.#clearing.push(() => new Promise<void>((resolve) => listener.close(() => resolve())));
    listener.on("connection", (peer) => {
      this.#isOpen = true;
      this.#listenToPeer(peer, (head) => {
        const [, key = ""] = /sec-websocket-key: (\S+)/i.exec(head) ?? [];
        const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
        const answer = Buffer.from(this.#headOf({ ACCEPT: accept }), "latin1");
        peer.write(eager === undefined ? answer : Buffer.concat([answer, ...eager.pieces]));
      });
    });
    const { port } = listener.address() as AddressInfo;
    const socket = new this.#implementation.WebSocket(`ws://127.0.0.1:${port}/chat?a=1`, [...protocols], {
      headers: { "X-Own": "1" },
      ...options,
    });
    this.#listenToSubject(socket);
    for (const action of this.#scenario.atOnce) this.#take(action);
  }

  #listenToSubject(socket: ws.WebSocket): void {
    this.#subject = socket;
    socket.on("upgrade", (response) =>
      this.#note(`upgrade ${response.statusCode} ${response.headers["set-cookie"]?.join() ?? "-"}`),
    );
    socket.on("open", () => this.#note(`open ${socket.readyState} "${socket.protocol}"`));
    socket.on("message", (data, isBinary) =>
      this.#note(`message ${isBinary} ${described(data)} in state ${socket.readyState}`),
    );
    socket.on("ping", (data) => this.#note(`ping ${described(data)}`));
    socket.on("pong", (data) => this.#note(`pong ${described(data)}`));
    socket.on("error", (error) => {
      this.#note(`error ${nameOf(error)} in state ${socket.readyState}`);
      if (this.#scenario.onError !== undefined) this.#take(this.#scenario.onError);
    });
    socket.on("close", (code, reason) =>
      this.#note(`close ${code} ${described(reason)} in state ${socket.readyState}`),
    );
  }

  /** What the application of the subject does, or the peer other than writing. */
  #take(step: Step): void {
    const subject = this.#subject;
    const done = (what: string) => (error?: Error | null) =>
      this.#note(`${what} called back${error ? ` with ${nameOf(error)}` : ""}`);
    if (step.do === "peer ends") this.#peer?.end();
    if (step.do === "peer resets") this.#peer?.resetAndDestroy();
    if (subject === undefined || step.do === "write") return;
    try {
      if (step.do === "send") {
        if (step.options === undefined) subject.send(made(step.data), done("send"));
        else subject.send(made(step.data), { ...step.options }, done("send"));
      }
      if (step.do === "ping") subject.ping(step.data && made(step.data), undefined, done("ping"));
      if (step.do === "pong") subject.pong(step.data && made(step.data), undefined, done("pong"));
      if (step.do === "close") subject.close(step.code, step.reason);
      if (step.do === "terminate") subject.terminate();
      if (step.do === "pause") subject.pause();
      if (step.do === "resume") subject.resume();
      if (step.do === "binaryType") subject.binaryType = step.value;
      this.#note(`after ${step.do}: state ${subject.readyState}`);
    } catch (error) {
      this.#note(`${step.do} threw ${nameOf(error)}`);
    }
  }
}

function made({ as, size, byte }: Payload): string | number | Buffer | ArrayBuffer | Uint16Array {
  const bytes = Buffer.alloc(size, byte);
  if (as === "string") return bytes.toString("latin1");
  if (as === "number") return size;
  if (as === "Buffer") return bytes;
  const copy = new Uint8Array(bytes).buffer;
  return as === "ArrayBuffer" ? copy : new Uint16Array(copy);
}

function described(data: ws.RawData | string): string {
  if (typeof data === "string") return `string ${brief(Buffer.from(data))}`;
  // How a message was cut into fragments by the network is not observable; what its fragments hold together is.
  if (Array.isArray(data)) return `array ${brief(Buffer.concat(data))}`;
  if (data instanceof ArrayBuffer) return `ArrayBuffer ${brief(new Uint8Array(data))}`;
  return `${data.constructor.name} ${brief(data)}`;
}

/**
 * An error by its class, and its code if it is one of ws or of the system. Words are for people; and where ws has no code, @hybi/ws
 * may have one of hybi.
 */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return `no Error: ${typeof error}`;
  const { code = "" } = error as NodeJS.ErrnoException;
  return `${error.constructor.name} ${/^(WS_ERR_|E[A-Z]+$)/.test(code) ? code : "-"}`;
}

/** A head whose fields are in order, without what differs from run to run. */
function normalised(head: string): string[] {
  const [start = "", ...lines] = head.split("\r\n");
  const fields = lines
    .map((line) => line.replace(/^([^:]+): */, (_, name: string) => `${name.toLowerCase()}: `))
    .map((line) => line.replace(/^(host|sec-websocket-key|date): .*/, "$1: …"));
  return [start, ...fields.sort()];
}
