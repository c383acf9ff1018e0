/** The load generator: a process that opens connections and creates traffic on them at the request of its parent. */
import { ClientSocket, type Target } from "./client-socket.ts";
import { type Latencies, pace } from "./pace.ts";
import { pongsTo } from "./pongs.ts";
import { type TrafficKind, trafficOf, verifyEcho } from "./traffic.ts";

export type GeneratorRequest = { readonly target: Target } & (
  | /** Opens connections, `parallel` at a time; responds with the number that are open. */ {
      readonly type: "open";
      readonly connections: number;
      readonly parallel: number;
      /** Whether they count what arrives from the start, and reply to Pings. */
      readonly listening: boolean;
    }
  | /** Sends one batch on each connection and verifies the echo. */ {
      readonly type: "verify";
      readonly traffic: TrafficKind;
    }
  | /** Creates traffic for `milliseconds`; responds with the number of messages received back. */ {
      readonly type: "run";
      readonly traffic: TrafficKind;
      readonly milliseconds: number;
    }
  | /** Sends messages at a fixed rate; responds with their latencies. */ {
      readonly type: "pace";
      readonly traffic: TrafficKind;
      readonly rate: number;
      readonly milliseconds: number;
    }
  | /** Responds with the number of messages and Pings that listening connections got since the last question. */ {
      readonly type: "received";
    }
  | { readonly type: "close" }
);

/** The result of a request: number of messages or connections, the time it took, and latencies of "pace". */
export interface Outcome {
  readonly count: number;
  readonly seconds: number;
  readonly latencies?: Latencies;
}

export type GeneratorResponse = Outcome | { readonly error: string };

const socketsByPort = new Map<number, ClientSocket[]>();
let received = 0;

/** Set once a connection was lost: messages would be waited for in vain, and figures would be of fewer connections. */
let loss: Error | undefined;
/** Fails the request in progress. */
let fail: (error: Error) => void = () => {};

function onLost(): void {
  loss = new Error("A connection was lost.");
  fail(loss);
}

process.on("message", (request: GeneratorRequest) => {
  const start = performance.now();
  const send = (response: GeneratorResponse): void => void process.send?.(response);
  const lost = new Promise<never>((_, reject) => {
    fail = reject;
  });
  if (loss !== undefined) fail(loss);
  Promise.race([lost, respond(request)]).then(
    (outcome) => send({ ...outcome, seconds: (performance.now() - start) / 1000 }),
    (error: Error) => send({ error: error.message }),
  );
});
process.on("disconnect", () => process.exit(0));

async function respond(request: GeneratorRequest): Promise<Omit<Outcome, "seconds">> {
  const { target } = request;
  const sockets = socketsByPort.get(target.port) ?? [];
  socketsByPort.set(target.port, sockets);
  switch (request.type) {
    case "open":
      await open(request, sockets);
      return { count: sockets.length };
    case "verify":
      for (const socket of sockets) await verifyEcho(socket, request.traffic);
      return { count: sockets.length };
    case "run": {
      const traffic = trafficOf(request.traffic);
      for (const socket of sockets) socket.start(traffic);
      await new Promise((resolve) => setTimeout(resolve, request.milliseconds));
      const counts = await Promise.all(sockets.map((socket) => socket.stop()));
      return { count: counts.reduce((sum, count) => sum + count, 0) };
    }
    case "pace": {
      const { traffic, rate, milliseconds } = request;
      return { count: sockets.length, latencies: await pace(sockets, traffic, rate, milliseconds) };
    }
    case "received": {
      const count = received;
      received = 0;
      return { count };
    }
    case "close":
      await Promise.all(sockets.splice(0).map((socket) => socket.close()));
      return { count: 0 };
    default:
      return request satisfies never;
  }
}

/** Stops at the first connection that cannot be opened. The caller decides whether there are enough. */
async function open(
  { target, connections, parallel, listening }: GeneratorRequest & { readonly type: "open" },
  sockets: ClientSocket[],
): Promise<void> {
  let wanted = connections;
  let failure: unknown;
  const worker = async (): Promise<void> => {
    while (wanted-- > 0 && failure === undefined) {
      try {
        const socket = await ClientSocket.open(target, onLost);
        sockets.push(socket);
        if (listening) listen(socket);
      } catch (error) {
        failure = error;
      }
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  if (failure !== undefined) console.error(`A connection could not be opened: ${(failure as Error).message}`);
}

function listen(socket: ClientSocket): void {
  socket.listen((messages, bytes) => {
    received += messages;
    if (bytes[0] === 0x89) socket.send(pongsTo(bytes));
  });
}
