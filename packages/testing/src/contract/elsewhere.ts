/**
 * A peer in a separate thread, which keeps running while this thread is blocked. What it sends in the meantime waits
 * in the kernel's buffer, and must be read before it can be called late.
 */

/**
 * CommonJS source that runs in Node, Deno and Bun. The script is passed as `workerData`; the peer sends once
 * `shared[0]` is set.
 */
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
      // A server frame, after the head of its response.
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

/** The behaviour of the peer. */
export interface ElsewhereScript {
  /** Port to connect to; when omitted, the peer listens. */
  readonly port?: number | undefined;
  /** Connects over TLS; any server certificate is trusted. */
  readonly secure?: boolean | undefined;
  /** Sent as soon as the peer is connected. */
  readonly early?: Uint8Array | undefined;
  /**
   * When the peer is ready for its late action. `ping`, `close`: after a server's Ping or Close frame has arrived,
   * whose reply is then due. `data`: after a head has arrived. `at once`: immediately. `unread`: immediately, and it
   * reads nothing before that.
   */
  readonly when: "ping" | "close" | "data" | "at once" | "unread";
  /** Sent while this thread is blocked; for `unread`, the number of bytes the peer reads. */
  readonly late?: Uint8Array | number | undefined;
}

/** A peer in another thread. */
export interface Elsewhere {
  /** The port that the peer listens on. */
  readonly port: number;
  /** Resolves once the peer is ready. */
  readonly ready: Promise<void>;
  /** Everything the peer has received, once the connection is closed. */
  readonly closed: Promise<string>;
  /** Blocks this thread for at least `milliseconds`, until the peer has performed its late action. */
  doNothing(milliseconds: number): void;
}

/** Runs `test` with a peer in a separate thread. */
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
        // The time limit applies if the peer is gone; the test then fails elsewhere.
        while (performance.now() < end || (Atomics.load(shared, 1) === 0 && performance.now() < end + 10_000));
      },
    });
  } finally {
    await worker.terminate();
  }
}
