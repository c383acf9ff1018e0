/** The command `hybi-inspect` as a function of its arguments. */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Role } from "@hybi/core";
import { type DumpFormat, type DumpPassage, readDump } from "../inspect/read-dump.ts";
import { WireDump } from "../inspect/wire-dump.ts";

const help = `Shows the bytes of a WebSocket conversation: heads, frames bit by bit, payloads unmasked and inflated, and what breaks a
rule, with its section.

  hybi-inspect <file>                     one file, of one sender or of both
  hybi-inspect <of client> <of server>    a file for each of them

A file is raw bytes, or hexadecimal as text, or a transcript, in which the lines that begin with > are the client's and
those that begin with < are the server's; what it is, is seen by itself. A file named - is the standard input.

  --format raw|hex|transcript   what a file is, where it cannot be seen
  --from client|server          whose the bytes of a single file are, where it cannot be seen
  --deflate                     take permessage-deflate for agreed when there is no handshake in it
  --width <columns>             100, or those of the terminal
  --color, --no-color           colours, or none; colours on a terminal

Exits with 0, or with 2 if a file cannot be read.
`;

const options = {
  help: { type: "boolean", short: "h" },
  format: { type: "string" },
  from: { type: "string" },
  deflate: { type: "boolean" },
  width: { type: "string" },
  color: { type: "boolean" },
  "no-color": { type: "boolean" },
} as const;

/** Runs the command; returns the exit code. */
export async function runInspect(args: readonly string[]): Promise<number> {
  try {
    const { positionals, values } = parseArgs({ args: [...args], allowPositionals: true, options });
    if (values.help === true || positionals.length === 0 || positionals.length > 2) {
      process.stdout.write(help);
      return values.help === true ? 0 : 2;
    }
    const format = oneOf(values.format, ["raw", "hex", "transcript"] as const, "--format");
    const from = oneOf(values.from, ["client", "server"] as const, "--from");
    const { stdout, env } = process;
    const dump = new WireDump({
      print: (line) => stdout.write(`${line}\n`),
      colour: values.color ?? (values["no-color"] !== true && stdout.isTTY === true && env.NO_COLOR === undefined),
      width: values.width === undefined ? (stdout.columns ?? 100) : Number(values.width),
      deflate: values.deflate,
    });
    const senders: Role[] = [];
    for (const { sender, bytes } of read(positionals, format, from)) {
      if (!senders.includes(sender)) senders.push(sender);
      dump.receive(sender, bytes);
    }
    for (const sender of senders) dump.end(sender);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
}

interface Known extends DumpPassage {
  readonly sender: Role;
}

function read(files: readonly string[], format: DumpFormat | undefined, from: Role | undefined): readonly Known[] {
  const dumps = files.map((file) => readDump(readFileSync(file === "-" ? 0 : file), format));
  const [first = [], second] = dumps;
  if (second === undefined)
    return first.map(({ sender, bytes }) => ({ sender: sender ?? from ?? guess(bytes), bytes }));
  const client: readonly Known[] = first.map(({ bytes }) => ({ sender: "client", bytes }));
  const server: readonly Known[] = second.map(({ bytes }) => ({ sender: "server", bytes }));
  // The client's frames can be read only once the extensions agreed in the response are known.
  const [request, ...clientRest] = splitHead(client);
  const [response, ...serverRest] = splitHead(server);
  return [request, response, ...clientRest, ...serverRest].filter((passage) => passage !== undefined);
}

/** Splits the head, if there is one, from what follows it. */
function splitHead(passages: readonly Known[]): readonly (Known | undefined)[] {
  const [first, ...rest] = passages;
  if (first === undefined) return [];
  const text = new TextDecoder("latin1").decode(first.bytes);
  const end = /^[C-Z]/.test(text) ? text.indexOf("\r\n\r\n") + 4 : 0;
  if (end < 4) return [undefined, ...passages];
  const { sender, bytes } = first;
  return [{ sender, bytes: bytes.subarray(0, end) }, { sender, bytes: bytes.subarray(end) }, ...rest];
}

/** A response is from the server, and so is data that begins with an unmasked frame. */
function guess(bytes: Uint8Array): Role {
  const begin = new TextDecoder("latin1").decode(bytes.subarray(0, 5));
  if (/^[C-Z]/.test(begin)) return begin === "HTTP/" ? "server" : "client";
  return ((bytes[1] ?? 0) & 0x80) === 0 ? "server" : "client";
}

function oneOf<Value extends string>(
  value: string | undefined,
  known: readonly Value[],
  flag: string,
): Value | undefined {
  if (value === undefined) return undefined;
  const found = known.find((candidate) => candidate === value);
  if (found === undefined) throw new Error(`${flag} takes ${known.join(" or ")}.`);
  return found;
}
