/** The messages that are measured, with the sizes and contents given in docs/design/performance.md. */

/** A data message, fragmented if `fragmentSize` is set, or a Ping in between. */
export interface Message {
  readonly kind: "text" | "binary" | "ping";
  readonly payload: Uint8Array;
  readonly fragmentSize?: number;
}

/** A cycle of messages, repeated until there is enough to measure. */
export interface Workload {
  readonly name: string;
  readonly title: string;
  readonly cycle: readonly Message[];
}

const KiB = 1024;
const MiB = KiB * KiB;

function repeatText(pattern: string, bytes: number): Uint8Array {
  const unit = Buffer.from(pattern);
  const repeated = Buffer.concat(Array(Math.ceil(bytes / unit.length)).fill(unit));
  // Cut at a character boundary.
  let end = bytes;
  while (((repeated[end] ?? 0) & 0xc0) === 0x80) end--;
  return new Uint8Array(repeated.subarray(0, end));
}

function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

const english = "The quick brown fox jumps over the lazy dog; ";
const hangul = "다람쥐 헌 쳇바퀴에 타고파. ";

function ascii(length: number): Message {
  return {
    kind: "text",
    payload: new Uint8Array(Buffer.from(english.repeat(length / english.length + 1).slice(0, length))),
  };
}
function korean(length: number, fragmentSize?: number): Message {
  return { kind: "text", payload: repeatText(hangul, length), ...(fragmentSize ? { fragmentSize } : {}) };
}
function binary(length: number, fragmentSize?: number): Message {
  return { kind: "binary", payload: noise(length), ...(fragmentSize ? { fragmentSize } : {}) };
}
function json(length: number): Message {
  const start = '{"type":"update","id":1234567,"user":"someone","values":[1.5,2.25,3.125],"note":"';
  return { kind: "text", payload: new Uint8Array(Buffer.from(`${start.padEnd(length - 2, "abcdefgh ")}"}`)) };
}
function sizeTitle(length: number): string {
  return length % KiB === 0 ? `${length / KiB} KiB` : `${length.toLocaleString("en-US")} B`;
}
const pingMessage: Message = { kind: "ping", payload: new Uint8Array(Buffer.from("ping")) };

const workloads: readonly Workload[] = [
  { name: "t16", title: "text 16 B", cycle: [ascii(16)] },
  { name: "t125", title: "text 125 B", cycle: [ascii(125)] },
  { name: "j200", title: "JSON text 200 B", cycle: [json(200)] },
  { name: "k64", title: "Korean text 64 B", cycle: [korean(64)] },
  { name: "b1k", title: "binary 1 KiB", cycle: [binary(KiB)] },
  { name: "b16k", title: "binary 16 KiB", cycle: [binary(16 * KiB)] },
  { name: "b64k", title: "binary 64 KiB", cycle: [binary(64 * KiB)] },
  { name: "b256k", title: "binary 256 KiB", cycle: [binary(256 * KiB)] },
  { name: "b1m", title: "binary 1 MiB", cycle: [binary(MiB)] },
  ...[1000, 4000, 4200, 8 * KiB, 16 * KiB, 64 * KiB, 256 * KiB].flatMap((length) => [
    { name: `text${length}`, title: `text ${sizeTitle(length)}`, cycle: [ascii(length)] },
    { name: `binary${length}`, title: `binary ${sizeTitle(length)}`, cycle: [binary(length)] },
  ]),
  { name: "t1m", title: "ASCII text 1 MiB", cycle: [ascii(MiB)] },
  { name: "k1m", title: "Korean text 1 MiB", cycle: [korean(MiB)] },
  { name: "fragb", title: "64 × 1 KiB fragments, binary", cycle: [binary(64 * KiB, KiB)] },
  { name: "fragk", title: "64 × 1 KiB fragments, Korean", cycle: [korean(64 * KiB, KiB)] },
  {
    name: "mixed",
    title: "mixed, with Pings",
    cycle: [ascii(16), json(200), ascii(16), pingMessage, ascii(125), json(200), binary(KiB), ascii(16), json(200)],
  },
];

export function findWorkload(name: string): Workload | undefined {
  return workloads.find((workload) => workload.name === name);
}

export function workloadNamed(name: string): Workload {
  const found = findWorkload(name);
  if (found === undefined) throw new Error(`There is no workload "${name}".`);
  return found;
}

/** Returns the mean payload length of the messages. */
export function meanLength({ cycle }: Workload): number {
  return cycle.reduce((sum, { payload }) => sum + payload.length, 0) / cycle.length;
}
