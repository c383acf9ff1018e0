/** The rows that the chart and the first table of the page show, and why `ws` is faster in those in which it may be. */
import { findCell, findRow, type Result } from "../result.ts";

export interface Highlight {
  readonly title: string;
  /** Path of the row, as in `Goal`. */
  readonly row: string;
  readonly subject: string;
  /** What is compared with: by default `ws`. */
  readonly to?: string;
  /** Why `ws` may be faster. */
  readonly reason?: string;
  /** Whether it is one of the few rows of README.md, which stand for what is better and what is worse. */
  readonly isShort?: boolean;
}

const oneMessage =
  "four fifths of it are the kernel and Node, for both; of the rest, the connection of core makes us as slow as `ws`, and sharing the turn, one write in flight, deadlines and counted memory cost more ([what each promise costs](#what-each-promise-costs))";
const fullCollections =
  "full collections, which V8 starts for the buffers of reads while the heap is small: the same program has few of them in one process and many in the next, and with more objects mostly many";
const overTls =
  "both read and write as often; replies wait for the end of the turn, because records may follow in the same read, and a write is known to have left by its callback alone";
const textOfClient = "`ws` hands over bytes, we make strings of them";
const objectsOfOpening =
  "each makes more objects than in `ws`; the strict opening handshake, the pump and the WebSocket with its server add about as much each";
const echo = (title: string, row: string, more: Partial<Highlight> = {}): Highlight => ({
  title,
  row: `echo/${row}`,
  subject: "listen",
  ...more,
});

export const highlights: readonly Highlight[] = [
  echo("Server, text, 32 connections × 64 outstanding", "text 32x64", { isShort: true }),
  echo("Server, text, 32 × 8", "text 32x8"),
  echo("Server, text, 1 × 1", "text 1x1", { reason: oneMessage }),
  echo("Server, text, 32 × 1", "text 32x1", { reason: oneMessage, isShort: true }),
  echo("Server, text, 256 × 1", "text 256x1", { reason: oneMessage }),
  echo("Server, binary, 32 × 64", "binary 32x64"),
  echo("Server, binary, 1 × 1", "binary 1x1", { reason: oneMessage }),
  echo("Server, binary, 32 × 1", "binary 32x1", { reason: oneMessage }),
  echo("Server, binary, 256 × 1", "binary 256x1", { reason: oneMessage }),
  echo("Server, binary 16 KiB, 8 × 8", "binary 8x8x16384-binary", { isShort: true }),
  echo("… to ws with bufferutil", "binary 8x8x16384-binary", {
    to: "ws-native",
    reason:
      "the collector takes a fifth of our time, for the buffers that messages lie in, and a twentieth of that of `ws`",
  }),
  echo("Server, binary 1 MiB, 2 × 2", "binary 2x2x1048576-binary", { reason: fullCollections }),
  echo("Server over TLS, text, 32 × 1", "", { row: "tls/text 32x1", reason: overTls }),
  echo("Server over TLS, text, 32 × 64", "", { row: "tls/text 32x64" }),
  {
    title: "Broadcast of 200 B to 1,000",
    row: "broadcast sockets",
    subject: "listen",
    reason: "each socket has an end of turn and limits of its own, which cost more than the write saves",
  },
  { title: "Openings", row: "handshakes opening", subject: "listen", reason: objectsOfOpening },
  { title: "Openings with their closing", row: "handshakes both", subject: "listen", reason: objectsOfOpening },
  {
    title: "A Ping of keepalive",
    row: "keepalive ping",
    subject: "listen",
    reason:
      "each Pong is read strictly and each connection keeps its deadlines by itself, where `ws` has one loop over all of them",
  },
  {
    title: "Compressed JSON of 64 KiB",
    row: "deflate 4x1x65536",
    subject: "listen",
    reason: "nearly all of it is zlib",
  },
  {
    title: "Client, firehose of texts, 200 B",
    row: "client firehose-text",
    subject: "connect",
    reason: textOfClient,
  },
  {
    title: "Client, firehose of binaries, 16 KiB",
    row: "client firehose-binary",
    subject: "connect",
    reason: `a message that came in several reads is joined into an array of its own; and ${fullCollections}`,
  },
  {
    title: "Client, ping-pong of texts",
    row: "client ping-pong-text",
    subject: "connect",
    reason: `${oneMessage}; and ${textOfClient}`,
    isShort: true,
  },
  { title: "Client, ping-pong of binaries", row: "client ping-pong-binary", subject: "connect", reason: oneMessage },
  { title: "Decoding alone, text 16 B", row: "decode/server/65536 t16", subject: "hybi-host" },
  { title: "Decoding alone, binary 16 KiB", row: "decode/server/65536 b16k", subject: "hybi-host" },
  {
    title: "Decoding alone as a client, binary 16 KiB in 1460 B",
    row: "decode/client/1460 b16k",
    subject: "hybi-host",
    reason: "both join the chunks into one array, which leaves little to save",
  },
  {
    title: "Encoding alone, text 16 KiB, one a turn",
    row: "encode/single text16384",
    subject: "hybi-host",
    reason: "both encode it once and copy it once, which leaves little to save",
  },
  {
    title: "Encoding alone, binary 16 KiB, one a turn",
    row: "encode/single binary16384",
    subject: "hybi-host",
    reason: "both pass the bytes on as they are, and most of it is the copy that the measurement makes",
  },
  { title: "In Bun, text, 32 × 64", row: "runtimes/bun/text 32x64", subject: "bun-listen" },
  { title: "In Deno, text, 32 × 64", row: "runtimes/deno/text 32x64", subject: "deno-listen" },
  {
    title: "Heap of an idle connection above TCP",
    row: "idle heap-above",
    subject: "listen",
    reason: "half of it is the pump with its transport and deadlines, a quarter an EventTarget as on the platform",
    isShort: true,
  },
];

/** Returns how many times less than `ws` (or `to`) it costs, or undefined if the result lacks it. */
export function ratioOf({ row, subject, to }: Highlight, result: Result): number | undefined {
  const found = findRow(result, row);
  const own = findCell(found, subject);
  const reference = to === undefined ? found?.cells[0] : findCell(found, to);
  return own === undefined || reference === undefined ? undefined : own.ratio / reference.ratio;
}
