/** How well your own text compresses: `tsx --conditions=@hybi/source examples/compression/main.ts [file]`. */
import { randomFillSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { Endpoint } from "@hybi/core";
import { permessageDeflate } from "@hybi/permessage-deflate/zlib";

// Each line is a message.
const file = process.argv[2] ?? new URL(import.meta.url);
const messages = readFileSync(file, "utf8").split("\n");
const bytes = messages.reduce((sum, text) => sum + Buffer.byteLength(text), 0);

/** Returns the bytes on the wire for these messages, with this extension or none. */
function sent(...extensions: ReturnType<typeof permessageDeflate>[]): number {
  const client = Endpoint.client({
    url: "ws://example.com/",
    random: (target) => void randomFillSync(target),
    extensions,
  });
  const server = Endpoint.server({ extensions });
  for (const chunk of client.takeOutput()) server.receive(chunk);
  server.accept();
  server.takeOutput();
  for (const text of messages) server.sendText(text);
  return server.takeOutput().reduce((sum, { length }) => sum + length, 0);
}

console.log(`${messages.length} messages, ${bytes} bytes of text`);
console.log(`uncompressed: ${sent()}`);
console.log(`compressed, with context takeover: ${sent(permessageDeflate({ threshold: 0 }))}`);
const alone = permessageDeflate({ threshold: 0, serverNoContextTakeover: true });
console.log(`compressed, each message on its own: ${sent(alone)}`);
