/**
 * Tests echo servers, in any runtime, with our WebSocket for that runtime or with its built-in one. Prints one line per URL:
 * `ok`, or the fault.
 */
import type { WebSocket as AnyWebSocket } from "@hybi/node";

const runtime = "Deno" in globalThis ? "deno" : "Bun" in globalThis ? "bun" : "node";
const [kind, ...urls] = process.argv.slice(2);
const own = `@hybi/${runtime}`;
const { WebSocket }: { WebSocket: typeof AnyWebSocket } = kind === "own" ? await import(own) : globalThis;

const count = 500;
const large = new Uint8Array(1 << 20).map((_, at) => at * 7);

/** Sends text, binary and many small messages, closes, and returns the differences in the echo. */
function tryEcho(url: string): Promise<string> {
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  const sent = ["", "Grüße 👋", large, "x".repeat(100_000), ...Array.from({ length: count }, (_, index) => `${index}`)];
  let received = 0;
  let wrong = "";
  return new Promise((resolve) => {
    socket.onopen = () => {
      for (const message of sent) socket.send(message);
    };
    socket.onmessage = ({ data }) => {
      if (!isSame(data, sent[received])) wrong ||= `message ${received} differs`;
      received++;
      if (received === sent.length) socket.close(4000, "bye");
    };
    socket.onclose = ({ code, wasClean }) => {
      resolve(wrong || (code === 4000 && wasClean ? "ok" : `${code} ${wasClean} after ${received} messages`));
    };
  });
}

function isSame(data: unknown, expected: string | Uint8Array | undefined): boolean {
  if (!(data instanceof ArrayBuffer) || !(expected instanceof Uint8Array)) return data === expected;
  const bytes = new Uint8Array(data);
  return bytes.length === expected.length && bytes.every((byte, at) => byte === expected[at]);
}

for (const url of urls) console.log(await tryEcho(url));
process.exit();
