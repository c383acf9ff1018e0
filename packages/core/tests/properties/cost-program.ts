/**
 * Run in a separate process by `linear-cost.node.test.ts`: measures the cost of inputs designed to be expensive by counting
 * steps instead of time. Prints one JSON object to standard output.
 *
 * It counts executed blocks of core's code, using V8's coverage, and the work of built-in functions within a single
 * call: bytes copied and allocated, elements moved.
 */
import { Session } from "node:inspector";
import { Connection, Endpoint, type EndpointEvent, plainAgreement, type Role } from "@hybi/core";
import { encodeFrame, opcodes } from "@hybi/core/frame";
import { OpeningSlots } from "@hybi/core/policy";
import {
  byteByByte,
  concatBytes,
  cutIntoChunks,
  latin1Bytes,
  patternBytes,
  sampleKey,
  sampleRandom,
  utf8Bytes,
} from "@hybi/testing";
import { parseExtensions } from "../../src/opening/extension-header.ts";

/** One input whose size grows with `n`. Returns the function to measure. */
type Case = (n: number) => () => void;

const unlimited = Number.POSITIVE_INFINITY;
const limits = { head: unlimited, line: unlimited, fields: unlimited, fragments: unlimited, earlyData: unlimited };
const connection = (role: Role, fragmentSize = 65_536): Connection =>
  new Connection(plainAgreement(role), { random: sampleRandom(), limits, fragmentSize });
const receiveAll =
  (receiver: { receive(chunk: Uint8Array): readonly EndpointEvent[] }, chunks: readonly Uint8Array[]) => (): void => {
    for (const chunk of chunks) receiver.receive(chunk);
  };
const fromClient = (opcode: number, payload: Uint8Array, final = true): Uint8Array =>
  encodeFrame({ opcode, payload, final, maskingKey: 0x0102_0304 });
const takeAll = (sender: Connection, budget: number) => (): void => {
  while (sender.outputLength > 0) sender.takeOutput(budget);
};

function fragmentsOf(n: number, kind: number, between: Uint8Array): Uint8Array[] {
  return Array.from({ length: n }, (_, index) =>
    concatBytes([fromClient(index === 0 ? kind : opcodes.continuation, Uint8Array.of(0x61), index === n - 1), between]),
  );
}

const nothing = new Uint8Array(0);
const requestLines = [
  "GET / HTTP/1.1",
  "Host: example.com",
  "Upgrade: websocket",
  "Connection: Upgrade",
  `Sec-WebSocket-Key: ${sampleKey}`,
  "Sec-WebSocket-Version: 13",
];
const request = (more: readonly string[]): Uint8Array =>
  latin1Bytes(`${[...requestLines, ...more].join("\r\n")}\r\n\r\n`);
const client = (): Endpoint =>
  Endpoint.client({
    url: "ws://example.com/",
    random: sampleRandom(),
    limits: { ...limits, rejectionBody: unlimited },
  });

const cases: Record<string, Case> = {
  "a binary frame, byte by byte": (n) =>
    receiveAll(connection("server"), cutIntoChunks(fromClient(opcodes.binary, patternBytes(n)), byteByByte)),
  "a text frame of three-byte characters, byte by byte": (n) =>
    receiveAll(connection("server"), cutIntoChunks(fromClient(opcodes.text, utf8Bytes("€".repeat(n / 3))), byteByByte)),
  "fragments of one byte, in one chunk": (n) =>
    receiveAll(connection("server"), [concatBytes(fragmentsOf(n, opcodes.binary, nothing))]),
  "fragments of one byte of text, each in a chunk": (n) =>
    receiveAll(connection("server"), fragmentsOf(n, opcodes.text, nothing)),
  "fragments of one byte with a Ping after each": (n) =>
    receiveAll(connection("server"), fragmentsOf(n, opcodes.binary, fromClient(opcodes.ping, Uint8Array.of(1)))),
  "a head with one long line, byte by byte": (n) =>
    receiveAll(Endpoint.server({ limits }), cutIntoChunks(request([`X: ${"x".repeat(n)}`]), byteByByte)),
  "a head with many fields, byte by byte": (n) =>
    receiveAll(
      Endpoint.server({ limits }),
      cutIntoChunks(request(Array.from({ length: n / 5 }, () => "x: y")), byteByByte),
    ),
  "what comes before the answer, byte by byte": (n) =>
    receiveAll(Endpoint.server({ limits }), [request([]), ...cutIntoChunks(patternBytes(n), byteByByte)]),
  "the body of a rejection, byte by byte": (n) =>
    receiveAll(
      client(),
      cutIntoChunks(latin1Bytes(`HTTP/1.1 403 No\r\nContent-Length: ${n}\r\n\r\n${"x".repeat(n)}`), byteByByte),
    ),
  "the body of a rejection in chunks of one byte": (n) =>
    receiveAll(client(), [
      latin1Bytes(`HTTP/1.1 403 No\r\nTransfer-Encoding: chunked\r\n\r\n${"1\r\nx\r\n".repeat(n)}0\r\n\r\n`),
    ]),
  "an extension with many parameters": (n) => {
    const value = `a${'; b="c"'.repeat(n)}`;
    return () => void parseExtensions([value]);
  },
  "extensions whose quoted strings do not end": (n) => {
    const value = `a; b="c", d; e="${"\\f".repeat(n / 2)}`;
    return () => void parseExtensions([value]);
  },
  "subprotocols with much white space between them, and none that ends": (n) =>
    receiveAll(Endpoint.server({ limits }), [request([`Sec-WebSocket-Protocol: b${" ".repeat(n)}x`])]),
  "many subprotocols": (n) =>
    receiveAll(Endpoint.server({ limits }), [
      request([`Sec-WebSocket-Protocol: ${Array.from({ length: n / 6 }, (_, index) => `p${index}`).join(" , ")}`]),
    ]),
  "the lists of Upgrade and Connection": (n) =>
    receiveAll(Endpoint.server({ limits }), [
      request([`Upgrade: ${"h2c , ".repeat(n / 12)}x`, `Connection: ${" ,\t".repeat(n / 6)}x`]),
    ]),
  "a Host of many colons": (n) =>
    receiveAll(Endpoint.server({ limits }), [
      latin1Bytes(`GET / HTTP/1.1\r\nHost: [${"1:".repeat(n / 4)}${":".repeat(n / 2)}]\r\n\r\n`),
    ]),
  "many extensions": (n) => {
    const value = "a; b, ".repeat(n);
    return () => void parseExtensions([value]);
  },
  "Pings, whose Pongs nobody takes": (n) =>
    receiveAll(connection("server"), [
      concatBytes(Array.from({ length: n }, () => fromClient(opcodes.ping, patternBytes(9)))),
    ]),
  "Pings, whose Pongs are taken": (n) => {
    const server = connection("server");
    const pings = Array.from({ length: n }, () => fromClient(opcodes.ping, patternBytes(9)));
    return () => {
      for (const ping of pings) {
        server.receive(ping);
        server.takeOutput();
      }
    };
  },
  "queued Pings, taken one by one": (n) => {
    const sender = connection("client");
    for (let index = 0; index < n; index++) sender.sendPing(patternBytes(3));
    return takeAll(sender, 1);
  },
  "queued messages, taken one by one": (n) => {
    const sender = connection("client");
    for (let index = 0; index < n; index++) sender.sendText("message");
    return takeAll(sender, 1);
  },
  "queued messages of two priorities, taken one by one": (n) => {
    const sender = connection("client");
    for (let index = 0; index < n; index++) sender.sendText("message", { priority: index % 2 });
    return takeAll(sender, 1);
  },
  "queued messages of as many priorities, taken one by one": (n) => {
    const sender = connection("client");
    // A permutation that is neither ascending nor descending: every residue once.
    for (let index = 0; index < n; index++) sender.sendText("message", { priority: (index * 7919) % n });
    return takeAll(sender, 1);
  },
  "queued messages of as many priorities, behind many that have begun and rest": (n) => {
    const sender = connection("client");
    for (let index = 0; index < 5; index++) sender.startMessage("text", { priority: n + index });
    for (let index = 0; index < n / 8; index++) sender.sendText("message", { priority: index + 1 });
    return takeAll(sender, 1);
  },
  "openings to one host, which end in turn": (n) => {
    const slots = new OpeningSlots<number>();
    for (let attempt = 0; attempt < n; attempt++) slots.enter("192.0.2.1:80", attempt);
    return () => {
      for (let attempt: number | undefined = 0; attempt !== undefined; ) attempt = slots.leave("192.0.2.1:80", attempt);
    };
  },
  "openings to one host, which are given up, the last one first": (n) => {
    const slots = new OpeningSlots<number>();
    for (let attempt = 0; attempt < n; attempt++) slots.enter("192.0.2.1:80", attempt);
    return () => {
      for (let attempt = n - 1; attempt >= 0; attempt--) slots.leave("192.0.2.1:80", attempt);
    };
  },
  "openings to one host, of which every other one is given up": (n) => {
    const slots = new OpeningSlots<number>();
    for (let attempt = 0; attempt < n; attempt++) slots.enter("192.0.2.1:80", attempt);
    return () => {
      for (let attempt = 1; attempt < n; attempt += 2) slots.leave("192.0.2.1:80", attempt);
      for (let attempt: number | undefined = 0; attempt !== undefined; ) attempt = slots.leave("192.0.2.1:80", attempt);
    };
  },
  "queued long messages, taken bit by bit": (n) => {
    const sender = connection("server");
    const data = patternBytes(5000);
    for (let index = 0; index < n / 8; index++) sender.sendBinary(data);
    return takeAll(sender, 1024);
  },
  "a message in fragments of one byte": (n) => {
    const sender = connection("client", 1);
    sender.sendBinary(patternBytes(n));
    return takeAll(sender, 100);
  },
  "a message written byte by byte": (n) => () => {
    const sender = connection("server");
    const stream = sender.startMessage("binary");
    for (let index = 0; index < n; index++) stream.write(Uint8Array.of(1));
    stream.end();
    sender.takeOutput();
  },
  "a message written and taken byte by byte": (n) => () => {
    const sender = connection("client");
    const stream = sender.startMessage("text");
    for (let index = 0; index < n; index++) {
      stream.write("x");
      sender.takeOutput();
    }
    stream.end();
    sender.takeOutput();
  },
};

// Counting

const session = new Session();
session.connect();
const post = (method: string, parameters?: object): unknown => {
  let answer: unknown;
  session.post(method, parameters, (_error: unknown, result: unknown) => {
    answer = result;
  });
  return answer;
};

interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly { readonly ranges: readonly { readonly count: number }[] }[];
  }[];
}

let native = 0;

type Sized = { readonly length: number };

/** Makes calls of a built-in method add `cost`, a function of `this`, the first argument and the result. */
function counted(prototype: object, name: string, cost: (self: Sized, first: Sized, answer: Sized) => number): void {
  const original = Reflect.get(prototype, name) as (...args: unknown[]) => unknown;
  Reflect.set(prototype, name, function (this: Sized, ...args: unknown[]): unknown {
    const answer = Reflect.apply(original, this, args);
    native += cost(this, args[0] as Sized, answer as Sized);
    return answer;
  });
}

function countNatives(): void {
  // The steps of a regular expression are invisible, so count as many as a backtracking one may take.
  counted(RegExp.prototype, "exec", (_self, text) => text.length ** 2);
  counted(String.prototype, "split", (self) => self.length);
  const bytes = Object.getPrototypeOf(Uint8Array.prototype) as object;
  counted(bytes, "set", (_self, source) => source.length);
  counted(bytes, "slice", (_self, _start, answer) => answer.length);
  counted(bytes, "copyWithin", (self) => self.length);
  for (const name of ["shift", "splice", "unshift", "slice", "indexOf", "filter"]) {
    counted(Array.prototype, name, (self) => self.length);
  }
  const Original = Uint8Array;
  globalThis.Uint8Array = new Proxy(Original, {
    construct(target, [first, ...rest]: [unknown, ...unknown[]]): Uint8Array {
      if (typeof first === "number") native += first;
      return Reflect.construct(target, [first, ...rest]);
    },
  });
}

function blocksRun(): number {
  const { result } = post("Profiler.takePreciseCoverage") as Coverage;
  let sum = 0;
  for (const { url, functions } of result) {
    if (!url.includes("/packages/core/src/")) continue;
    for (const { ranges } of functions) for (const { count } of ranges) sum += count;
  }
  return sum;
}

post("Profiler.enable");
post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
countNatives();

const sizes = [3000, 12_000];
const costs: Record<string, number[]> = {};
for (const [name, make] of Object.entries(cases)) {
  costs[name] = sizes.map((n) => {
    const measured = make(n);
    blocksRun();
    native = 0;
    measured();
    return blocksRun() + native;
  });
}
console.log(JSON.stringify({ sizes, costs }));
