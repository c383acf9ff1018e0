/** Opens connections, lets each send and receive one message, and reports how much memory they hold. */
import { Connection, plainAgreement } from "@hybi/core";
import { permessageDeflate, portableCodec } from "@hybi/permessage-deflate";
import { zlibCodec } from "@hybi/permessage-deflate/zlib";
import { messagesOf } from "./workload.ts";

export interface MemoryCase {
  readonly codec: "portable" | "zlib";
  readonly parameters: readonly (readonly [string, string | undefined])[];
  readonly memoryLevel: number;
}

const count = 400;

process.on("message", ({ codec, parameters, memoryLevel }: MemoryCase) => {
  const extension = permessageDeflate({
    codec: codec === "zlib" ? zlibCodec : portableCodec,
    memoryLevel,
    threshold: 0,
  });
  const agreement = { ...plainAgreement("server"), extensions: [{ name: extension.name, parameters }] };
  const [text = ""] = messagesOf(2048);
  const peer = new Connection(
    { ...agreement, role: "client" },
    { extensions: [extension], random: (target) => target.fill(1) },
  );
  peer.sendText(text);
  const message = peer.takeOutput().map((chunk) => chunk.slice());
  const use = (): Connection => {
    const connection = new Connection(agreement, { extensions: [extension] });
    connection.sendText(text);
    connection.releaseOutput(connection.takeOutput());
    for (const chunk of message) connection.receive(chunk.slice());
    return connection;
  };
  // Objects created once for all connections do not count.
  const connections = Array.from({ length: 20 }, use);
  const before = measureHeld();
  for (let index = 0; index < count; index++) connections.push(use());
  const after = measureHeld();
  const rss = (after.rss - before.rss) / count / 1024;
  const heap = (after.heap - before.heap) / count / 1024;
  process.send?.({ rss, heap, connections: connections.length });
});
process.on("disconnect", () => process.exit(0));

function measureHeld(): { rss: number; heap: number } {
  for (let round = 0; round < 4; round++) globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, heap: heapUsed + external };
}
