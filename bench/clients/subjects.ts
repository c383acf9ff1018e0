/** The clients that are compared, each in a process of its own, and their tasks. Ratios are relative to the first one. */
import { clientSteps } from "../ladder/steps.ts";

export interface ClientSubject {
  readonly name: string;
  readonly title: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly flags: readonly string[];
}

/** What the server sends for each message of the client. */
export interface ClientTask {
  readonly name: string;
  readonly title: string;
  readonly subjects: readonly string[];
  readonly kind: "text" | "binary";
  readonly length: number;
  /** Messages that it sends for each one that it gets. */
  readonly replies: number;
  readonly connections: number;
  /** Whether the client's program holds 64 MiB of its own. */
  readonly ballast?: boolean;
}

const environment = { WS_NO_BUFFER_UTIL: "1", WS_NO_UTF_8_VALIDATE: "1" };
const subject = (name: string, title: string, flags: readonly string[] = []): ClientSubject => ({
  name,
  title,
  environment,
  flags,
});

/** Node 20 has undici's WebSocket behind a flag. */
const undiciFlags = typeof WebSocket === "undefined" ? ["--experimental-websocket"] : [];

export const clientSubjects: readonly ClientSubject[] = [
  subject("ws", "ws"),
  { ...subject("ws-native", "ws + bufferutil"), environment: { WS_NO_UTF_8_VALIDATE: "1" } },
  subject("ws-string", "ws, as a string"),
  subject("ws-buffer", "ws, ArrayBuffer"),
  subject("undici", "undici", undiciFlags),
  subject("hybi-ws", "@hybi/ws"),
  subject("connect", "connect"),
  subject("connect-buffer", "connect, ArrayBuffer"),
  subject("bare", "bare"),
  subject("bare-buffer", "bare, ArrayBuffer"),
  ...clientSteps.filter(({ name }) => name.startsWith("ladder-")).map(({ name, title }) => subject(name, title)),
];

const texts = ["ws", "ws-string", "undici", "connect", "bare"];
const binaries = ["ws", "ws-buffer", "undici", "connect", "connect-buffer", "bare", "bare-buffer"];
const firehose = { subjects: binaries, kind: "binary", length: 16_384, replies: 1000, connections: 1 } as const;
const pingPong = { length: 64, replies: 1, connections: 16 };

export const clientTasks: readonly ClientTask[] = [
  { name: "ping-pong-text", title: "ping-pong, text 64 B", subjects: texts, kind: "text", ...pingPong },
  { name: "ping-pong-binary", title: "ping-pong, binary 64 B", subjects: binaries, kind: "binary", ...pingPong },
  {
    name: "firehose-text",
    title: "firehose, text 200 B",
    subjects: texts,
    kind: "text",
    length: 200,
    replies: 20_000,
    connections: 1,
  },
  { name: "firehose-binary", title: "firehose, binary 16 KiB", ...firehose },
  { name: "firehose-ballast", title: "… in a program that holds 64 MiB of its own", ...firehose, ballast: true },
];

/** The tasks with the interface of `ws`. */
export const wsApiTasks: readonly ClientTask[] = clientTasks
  .filter(({ ballast }) => ballast !== true)
  .map((task) => ({ ...task, subjects: ["ws", "ws-native", "hybi-ws", "bare"] }));
