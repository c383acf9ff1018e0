/**
 * Run in a separate process with `heapFlags` by `held.node.test.ts`: for each kind of data that an endpoint holds for its peer,
 * the bytes counted and the growth of the process's memory. Prints one JSON object to standard output.
 */
import { Connection, Endpoint, plainAgreement } from "@hybi/core";
import { encodeFrame, opcodes } from "@hybi/core/frame";
import { latin1Bytes, patternBytes, sampleRandom } from "@hybi/testing";
import { adding, agreeing } from "../support/extensions.ts";

declare const gc: () => void;

const maskingKey = 0x0102_0304;
const request =
  "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

interface Holder {
  readonly heldLength: number;
  readonly outputLength: number;
}

/** What to measure: `fill` adds it to the subject that `empty` creates. */
interface Kind<Subject extends Holder = Holder> {
  readonly copies: number;
  readonly empty: () => Subject;
  readonly fill: (subject: Subject) => unknown;
}

function kind<Subject extends Holder>(copies: number, empty: () => Subject, fill: (subject: Subject) => unknown): Kind {
  return { copies, empty, fill } as unknown as Kind;
}

const plain = (): Connection => new Connection(plainAgreement("server"));
const client = (): Connection => new Connection(plainAgreement("client"), { random: sampleRandom() });
const extension = adding("adding", 0x40, 1);
const transforming = (): Connection => new Connection(agreeing("server", extension), { extensions: [extension] });
const endpoint = (): Endpoint => Endpoint.server({ limits: { head: 32_768 } });

/** Receives `count` fragments of a message that does not end, `inChunk` of them per chunk. */
function fragments(connection: Connection, count: number, size: number, inChunk = 1): void {
  let begun = false;
  for (let sent = 0; sent < count; sent += inChunk) {
    const frames: Uint8Array[] = [];
    for (let index = 0; index < inChunk; index++) {
      const opcode = begun ? opcodes.continuation : opcodes.binary;
      begun = true;
      frames.push(encodeFrame({ opcode, payload: patternBytes(size), final: false, maskingKey }));
    }
    connection.receive(Buffer.concat(frames).subarray());
  }
}

function head(subject: Endpoint, lines: readonly string[], end = "\r\n"): void {
  const bytes = latin1Bytes(`${request}${lines.join("")}${end}`);
  for (let at = 0; at < bytes.length; at += 100) subject.receive(bytes.slice(at, at + 100));
}

/** A new array on every call, because `patternBytes` returns parts of one shared array. */
const bytes = (length: number): Uint8Array => new Uint8Array(length).fill(1);

const times = <Value>(count: number, make: (index: number) => Value): Value[] =>
  Array.from({ length: count }, (_, index) => make(index));

const kinds: Record<string, Kind> = {
  "a head that is trickled": kind(200, endpoint, (subject) =>
    head(
      subject,
      times(20, (index) => `X-${index}: ${"x".repeat(600)}\r\n`),
      "",
    ),
  ),
  "a head of many short fields, trickled": kind(200, endpoint, (subject) =>
    head(
      subject,
      times(120, () => "A:b\r\n"),
      "",
    ),
  ),
  "a request of long fields that awaits its answer": kind(200, endpoint, (subject) =>
    head(
      subject,
      times(60, (index) => `X-Field-Number-${index}: ${"x".repeat(100 + index)}\r\n`),
    ),
  ),
  "a request of many short fields that awaits its answer": kind(200, endpoint, (subject) =>
    head(
      subject,
      times(120, (index) => `A${index}:${index}\r\n`),
    ),
  ),
  "a request of many offers and subprotocols that awaits its answer": kind(200, endpoint, (subject) =>
    head(subject, [
      `Sec-WebSocket-Extensions: ${times(16, (offer) => `e${offer}${times(16, (index) => `;p${index}=${offer}`).join("")}`).join()}\r\n`,
      `Sec-WebSocket-Protocol: ${times(60, (index) => `chat${index}`).join()}\r\n`,
    ]),
  ),
  "early data": kind(200, endpoint, (subject) => {
    head(subject, []);
    for (let at = 0; at < 40_000; at += 500) subject.receive(patternBytes(500));
  }),
  "a message in progress of one fragment of a byte": kind(1_000, plain, (subject) => fragments(subject, 1, 1)),
  "a message in progress in fragments of a byte": kind(20, plain, (subject) => fragments(subject, 20_000, 1)),
  "a message in progress in fragments of a byte, many in a chunk": kind(20, plain, (subject) =>
    fragments(subject, 20_000, 1, 1_000),
  ),
  "a message in progress in fragments of 1,000 bytes": kind(20, plain, (subject) => fragments(subject, 700, 1_000)),
  "a message in progress in fragments of 60,000 bytes": kind(10, plain, (subject) => fragments(subject, 20, 60_000)),
  "a text in progress that an extension has decoded": kind(10, transforming, (subject) => {
    const payload = new Uint8Array(30_000).fill(0x60);
    for (let index = 0; index < 20; index++) {
      const opcode = index === 0 ? opcodes.text : opcodes.continuation;
      subject.receive(encodeFrame({ opcode, payload, final: false, maskingKey, rsv: index === 0 ? 0x40 : 0 }));
    }
  }),
  "empty texts that wait to leave": kind(10, plain, (subject) => times(200_000, () => subject.sendText(""))),
  "texts of 1,000 chars that wait to leave": kind(10, plain, (subject) =>
    times(300, () => subject.sendText("x".repeat(1_000))),
  ),
  "texts of 20,000 chars that wait to leave": kind(10, plain, (subject) =>
    times(30, () => subject.sendText("x".repeat(20_000))),
  ),
  "binaries of 6,000 bytes that wait to leave": kind(10, plain, (subject) =>
    times(100, () => subject.sendBinary(bytes(6_000))),
  ),
  "binaries of 6,000 bytes of a client's that wait to leave": kind(10, client, (subject) =>
    times(100, () => subject.sendBinary(bytes(6_000))),
  ),
  "binaries of 1,000,000 bytes that wait to leave": kind(4, plain, (subject) =>
    times(4, () => subject.sendBinary(bytes(1_000_000))),
  ),
  "empty texts that wait for an extension": kind(10, transforming, (subject) =>
    times(2_000, () => subject.sendText("")),
  ),
  "texts of 20 chars that wait for an extension": kind(10, transforming, (subject) =>
    times(2_000, () => subject.sendText("x".repeat(20))),
  ),
  "texts of 1,000 chars that wait for an extension": kind(10, transforming, (subject) =>
    times(300, () => subject.sendText("x".repeat(1_000))),
  ),
  "empty binaries that wait for an extension": kind(10, transforming, (subject) =>
    times(2_000, () => subject.sendBinary(new Uint8Array(0))),
  ),
  "texts of many priorities": kind(10, plain, (subject) =>
    times(1_000, (index) => subject.sendText("x", { priority: index + 1 })),
  ),
  "empty Pings of the application's": kind(10, plain, (subject) => times(2_000, () => subject.sendPing())),
  "Pings of 125 bytes of the application's": kind(10, plain, (subject) =>
    times(2_000, () => subject.sendPing(bytes(125))),
  ),
  "texts and long binaries in turn, some of them taken": kind(10, plain, (subject) => {
    times(50, () => {
      subject.sendText("x".repeat(100));
      subject.sendBinary(bytes(10_000));
    });
    subject.takeOutput(20_000);
  }),
};

async function memory(): Promise<number> {
  let latest = Number.POSITIVE_INFINITY;
  // Array memory is freed in a later turn, and some objects take several.
  for (let round = 0; round < 12; round++) {
    gc();
    await new Promise((resolve) => setImmediate(resolve));
    const { heapUsed, external } = process.memoryUsage();
    const now = heapUsed + external;
    if (round > 2 && now > latest - 256) return now;
    latest = now;
  }
  return latest;
}

function counted(subjects: readonly Holder[]): number {
  return subjects.reduce((sum, { heldLength, outputLength }) => sum + heldLength + outputLength, 0);
}

function fillAll({ copies, empty, fill }: Kind, subjects: Holder[]): void {
  // Warm up, so that compiled code and shared tables do not count.
  for (let round = 0; round < 2; round++) fill(empty());
  for (let copy = 0; copy < copies; copy++) subjects.push(empty());
}

// Separate functions, so that no local keeps the subjects alive after they return.
async function measure(kind: Kind): Promise<{ counted: number; held: number }> {
  const subjects: Holder[] = [];
  fillAll(kind, subjects);
  const countedBefore = counted(subjects);
  const before = await memory();
  subjects.forEach(kind.fill);
  const after = await memory();
  return {
    counted: (counted(subjects) - countedBefore) / kind.copies,
    held: (after - before) / kind.copies,
  };
}

/** Other changes of the heap, such as compiled code, vary between runs, so the median of several measurements decides. */
async function median(kind: Kind): Promise<{ counted: number; held: number }> {
  const tries = [await measure(kind)];
  const middle = (): { counted: number; held: number } => {
    tries.sort((one, other) => one.held / one.counted - other.held / other.counted);
    return tries[tries.length >> 1] as { counted: number; held: number };
  };
  // Tighter than the bounds of the test: a result well within them needs no further measurement.
  const isNear = ({ counted, held }: { counted: number; held: number }): boolean =>
    counted > held * 0.8 && counted < held * 1.2;
  while (tries.length < 5 && !isNear(middle())) tries.push(await measure(kind), await measure(kind));
  return middle();
}

const results: Record<string, { counted: number; held: number }> = {};
for (const [name, each] of Object.entries(kinds)) results[name] = await median(each);
console.log(JSON.stringify(results));
