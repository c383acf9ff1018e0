/**
 * A peer in a thread of its own, which goes on while this one does nothing else: what it sends meanwhile waits in the
 * kernel's buffer, and is to be read before anybody says that it came too late.
 */

/** Runs in Node, Deno and Bun, as CommonJS. What it is told comes as `workerData`; it sends once `shared[0]` is set. */
const program = `
const { parentPort, workerData } = require("node:worker_threads");
const net = require("node:net");
const { shared, port, secure, early, when, late } = workerData;
let received = Buffer.alloc(0);
let isReady = false;
const run = (socket) => {
  socket.on("error", () => {});
  if (when === "unread") socket.pause();
  else socket.on("data", (chunk) => {
    received = Buffer.concat([received, chunk]);
    if (isReady) return;
    if (when === "ping" || when === "close") {
      // A frame of a server's, behind the head of its answer.
      const at = received.indexOf("\\r\\n\\r\\n") + 4;
      const opcode = when === "ping" ? 0x89 : 0x88;
      if (at < 4 || received[at] !== opcode || received.length < at + 2 + received[at + 1]) return;
      const payload = received.subarray(at + 2, at + 2 + received[at + 1]);
      const header = [when === "ping" ? 0x8a : 0x88, 0x80 + payload.length, 0, 0, 0, 0];
      ready(Buffer.concat([Buffer.from(header), payload]));
    } else if (when === "data" && received.includes("\\r\\n\\r\\n")) ready(Buffer.from(late));
  });
  socket.on("close", () => parentPort.postMessage({ type: "closed", received: received.toString("latin1") }));
  const ready = (bytes) => {
    isReady = true;
    parentPort.postMessage({ type: "ready" });
    const look = setInterval(() => {
      if (Atomics.load(shared, 0) === 0) return;
      clearInterval(look);
      if (when === "unread") {
        let length = 0;
        socket.on("data", (chunk) => {
          length += chunk.length;
          if (length >= late) Atomics.store(shared, 1, 1);
        });
        socket.resume();
      } else if (bytes.length === 0) Atomics.store(shared, 1, 1);
      else socket.write(bytes, () => Atomics.store(shared, 1, 1));
    }, 1);
  };
  if (early.length > 0) socket.write(Buffer.from(early));
  if (when === "at once" || when === "unread") ready(Buffer.from(when === "unread" ? [] : late));
};
if (port === undefined) {
  const server = net.createServer(run);
  server.listen(0, "127.0.0.1", () => parentPort.postMessage({ type: "listens", port: server.address().port }));
} else {
  const to = { port, host: "127.0.0.1", rejectUnauthorized: false };
  const socket = secure ? require("node:tls").connect(to, () => run(socket)) : net.connect(to, () => run(socket));
}
`;

/** What the peer does. */
export interface ElsewhereScript {
  /** Where it connects to; it listens when left out. */
  readonly port?: number | undefined;
  /** Over TLS; whoever listens there is trusted. */
  readonly secure?: boolean | undefined;
  /** Sent as soon as it is connected. */
  readonly early?: Uint8Array | undefined;
  /**
   * When it is ready to do what it does meanwhile. `ping`, `close`: once a Ping or Close frame of a server has come, to be
   * answered. `data`: once a head has come. `at once`. `unread`: at once, and it reads nothing before.
   */
  readonly when: "ping" | "close" | "data" | "at once" | "unread";
  /** Sent meanwhile; for `unread`, how many bytes it reads. */
  readonly late?: Uint8Array | number | undefined;
}

/** A peer in another thread. */
export interface Elsewhere {
  /** Where it listens. */
  readonly port: number;
  /** Resolves once it is ready. */
  readonly ready: Promise<void>;
  /** All that it has received, once the connection is closed. */
  readonly closed: Promise<string>;
  /** Does nothing at all in this thread, for `milliseconds` and until the peer has done what it does meanwhile. */
  doNothing(milliseconds: number): void;
}

/** Runs `test` with a peer in another thread. */
export async function withElsewhere(script: ElsewhereScript, test: (peer: Elsewhere) => Promise<void>): Promise<void> {
  const { Worker } = await import("node:worker_threads");
  const shared = new Int32Array(new SharedArrayBuffer(8));
  const { port, secure = false, early = new Uint8Array(0), when, late = new Uint8Array(0) } = script;
  const worker = new Worker(program, { eval: true, workerData: { shared, port, secure, early, when, late } });
  type Told = { readonly type: string; readonly port?: number; readonly received?: string };
  const told = (type: string): Promise<Told> =>
    new Promise((resolve, reject) => {
      worker.on("message", (message: Told) => message.type === type && resolve(message));
      worker.on("error", reject);
    });
  const [ready, closed] = [told("ready").then(() => {}), told("closed").then(({ received = "" }) => received)];
  for (const promise of [ready, closed]) promise.catch(() => {});
  try {
    await test({
      port: port ?? (await told("listens")).port ?? 0,
      ready,
      closed,
      doNothing(milliseconds) {
        Atomics.store(shared, 0, 1);
        const end = performance.now() + milliseconds;
        // Should the peer be gone, the test fails elsewhere.
        while (performance.now() < end || (Atomics.load(shared, 1) === 0 && performance.now() < end + 10_000));
      },
    });
  } finally {
    await worker.terminate();
  }
}
