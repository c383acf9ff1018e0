/** A process for one implementation: verifies its output, then runs passes on request. */
import { createHash } from "node:crypto";
import { constants, createInflateRaw, type InflateRaw } from "node:zlib";
import { portableCodec } from "@hybi/permessage-deflate";
import { type Pass, type Subject, subjects } from "./subjects.ts";
import { messagesOf, type Workload } from "./workload.ts";

export interface Prepared {
  /** Totals of one pass. */
  readonly messages: number;
  readonly bytes: number;
  readonly compressed: number;
  readonly digest: string;
}

const warmUpPasses = 3;
let runPass: (() => Promise<number>) | undefined;

process.on("message", (request: Workload | "pass") => {
  (request === "pass" ? passAgain() : prepare(request)).then(
    (answer) => process.send?.(answer),
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => process.exit(0));

async function passAgain(): Promise<number> {
  if (runPass === undefined) throw new Error("No workload has been prepared.");
  return runPass();
}

async function prepare(workload: Workload): Promise<Prepared> {
  const subject = subjects[process.argv[2] ?? ""];
  if (subject === undefined) throw new Error(`There is no implementation "${process.argv[2]}".`);
  const messages = messagesOf(workload.size).map((text) => new TextEncoder().encode(text));
  const bytes = messages.reduce((sum, { length }) => sum + length, 0);
  const pass = passOf(subject, workload);
  const { first, steady } = inputsOf(messages, workload);
  await pass(first, () => {});
  const output: Uint8Array[] = [];
  await pass(steady, (piece) => output.push(Buffer.from(piece as Uint8Array)));
  const all = Buffer.concat(output);
  const plain =
    workload.direction === "inflate"
      ? all
      : await inflateAll(await runNewInstance(subject, workload, messages), workload);
  const digest = createHash("sha256").update(plain).digest("hex");
  const compressed =
    workload.direction === "deflate" ? all.length : steady.reduce((sum, { length }) => sum + length, 0);
  const sink = Buffer.alloc(4_194_304);
  const measured = async (): Promise<number> => {
    let at = 0;
    const start = process.cpuUsage();
    await pass(steady, (piece) => {
      if (at + piece.length > sink.length) at = 0;
      sink.set(piece as Uint8Array, at);
      at += piece.length;
    });
    const { user, system } = process.cpuUsage(start);
    return user + system;
  };
  for (let warmUp = 0; warmUp < warmUpPasses; warmUp++) await measured();
  runPass = measured;
  return { messages: messages.length, bytes, compressed, digest };
}

function passOf(subject: Subject, { layer, direction, takeover }: Workload): Pass {
  if (layer === "codec") return direction === "deflate" ? subject.deflater(takeover) : subject.inflater(takeover);
  return direction === "deflate" ? subject.sender(takeover) : subject.receiver(takeover);
}

/**
 * To measure inflating, the messages are compressed twice. With context takeover, the payloads of the second round can
 * follow themselves any number of times.
 */
function inputsOf(
  messages: readonly Uint8Array[],
  { layer, direction, takeover }: Workload,
): { first: readonly Uint8Array[]; steady: readonly Uint8Array[] } {
  if (direction === "deflate") return { first: messages, steady: messages };
  const deflater = portableCodec.createDeflater({ windowBits: 15, level: 6, memoryLevel: 8 });
  const round = (): Uint8Array[] =>
    messages.map((message) => {
      const parts: Uint8Array[] = [];
      deflater.push(message, 0, message.length, true, (bytes, start, end) => parts.push(bytes.slice(start, end)) > 0);
      if (!takeover) deflater.reset();
      return Buffer.concat(parts);
    });
  const rounds = [round(), round()].map((payloads) =>
    layer === "codec" ? payloads : cutIntoChunks(payloads.map(encodeFrame)),
  );
  return { first: rounds[0] ?? [], steady: rounds[1] ?? [] };
}

function encodeFrame(payload: Uint8Array): Uint8Array {
  const length = payload.length < 126 ? [payload.length] : [126, payload.length >> 8, payload.length & 0xff];
  return Buffer.concat([Uint8Array.of(0xc2, ...length), payload]);
}

/** Cuts `frames` into chunks as a transport delivers them. */
function cutIntoChunks(frames: readonly Uint8Array[]): Uint8Array[] {
  const wire = Buffer.concat(frames);
  return Array.from({ length: Math.ceil(wire.length / 65_536) }, (_, index) => {
    return Buffer.from(wire.subarray(index * 65_536, (index + 1) * 65_536));
  });
}

/** Returns the output of a new instance for the messages, once. */
async function runNewInstance(
  subject: Subject,
  workload: Workload,
  messages: readonly Uint8Array[],
): Promise<Buffer[]> {
  const pass = passOf(subject, workload);
  const pieces: Buffer[] = [];
  if (workload.layer === "codec") {
    for (const message of messages) {
      const parts: Buffer[] = [];
      await pass([message], (piece) => parts.push(Buffer.from(piece as Uint8Array)));
      pieces.push(Buffer.concat(parts));
    }
    return pieces;
  }
  await pass(messages, (piece) => pieces.push(Buffer.from(piece as Uint8Array)));
  return payloadsIn(Buffer.concat(pieces));
}

function payloadsIn(wire: Buffer): Buffer[] {
  const payloads: Buffer[] = [];
  for (let at = 0; at < wire.length; ) {
    const short = wire[at + 1] as number;
    const header = short === 127 ? 10 : short === 126 ? 4 : 2;
    const length = short === 127 ? wire.readUInt32BE(at + 6) : short === 126 ? wire.readUInt16BE(at + 2) : short;
    const payload = wire.subarray(at + header, at + header + length);
    // A continuation frame belongs to the payload before it.
    if (((wire[at] as number) & 0x0f) === 0) payloads.push(Buffer.concat([payloads.pop() as Buffer, payload]));
    else payloads.push(payload);
    at += header + length;
  }
  return payloads;
}

/** Inflates the payloads with node:zlib. */
async function inflateAll(payloads: readonly Buffer[], { takeover }: Workload): Promise<Buffer> {
  const parts: Buffer[] = [];
  let stream: InflateRaw | undefined;
  for (const payload of payloads) {
    if (stream === undefined || !takeover) stream = createInflateRaw().on("data", (part: Buffer) => parts.push(part));
    const inflate = stream;
    await new Promise<void>((resolve, reject) => {
      inflate.once("error", reject);
      inflate.write(Buffer.concat([payload, Uint8Array.of(0, 0, 0xff, 0xff)]));
      inflate.flush(constants.Z_SYNC_FLUSH, () => {
        inflate.off("error", reject);
        resolve();
      });
    });
  }
  return Buffer.concat(parts);
}
