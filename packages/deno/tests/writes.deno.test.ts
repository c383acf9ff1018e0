/** Output of the transport: short chunks are copied and drained at once, and nothing overtakes them. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { DenoTransport } from "../src/transport.ts";

async function openPair(): Promise<readonly [Deno.Conn, Deno.Conn]> {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const accepted = listener.accept();
  const client = await Deno.connect({ port: listener.addr.port, hostname: "127.0.0.1" });
  const server = await accepted;
  listener.close();
  return [server, client];
}

/** Writes one chunk after another, each as soon as there is room. Fills a chunk with zeros once it is drained: it is ours again. */
async function writeAll(transport: DenoTransport, writes: readonly (readonly Uint8Array[])[]): Promise<void> {
  for (const chunks of writes) {
    await new Promise<void>((resolve) => {
      drained = resolve;
      transport.write(chunks);
    });
    for (const chunk of chunks) chunk.fill(0);
  }
}
let drained: () => void = () => {};
const sink = { data() {}, drain: () => drained(), end() {}, error() {}, close() {} };

async function readAll(conn: Deno.Conn): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (;;) {
    const buffer = new Uint8Array(65_536);
    const length = await conn.read(buffer);
    if (length === null) break;
    parts.push(buffer.subarray(0, length));
  }
  return new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
}

const short = fc.integer({ min: 1, max: 2_048 });
const long = fc.integer({ min: 2_049, max: 300_000 });
const lengths = fc.array(fc.array(fc.oneof({ weight: 4, arbitrary: short }, long), { minLength: 1, maxLength: 3 }), {
  maxLength: 40,
});

it("all that was written arrives in order before the end, although chunks are used again after drain", async () => {
  await fc.assert(
    fc.asyncProperty(lengths, async (writes) => {
      let next = 0;
      const chunks = writes.map((write) =>
        write.map((length) => Uint8Array.from({ length }, () => 1 + (next++ % 251))),
      );
      const expected = new Uint8Array(await new Blob(chunks.flat() as BlobPart[]).arrayBuffer());
      const [server, client] = await openPair();
      const transport = new DenoTransport(server);
      transport.start(sink);
      const writing = writeAll(transport, chunks).then(() => transport.end());
      // Until now nobody reads, so that the buffers of the kernel fill up.
      await new Promise((resolve) => setTimeout(resolve, 2));
      const received = await readAll(client);
      await writing;
      client.close();
      expect(received.length).toBe(expected.length);
      expect(received.every((byte, at) => byte === expected[at])).toBe(true);
    }),
    { numRuns: 30 },
  );
});

it("a short chunk is drained during the call, and the next one only once both are written", async () => {
  const [server, client] = await openPair();
  const transport = new DenoTransport(server);
  transport.start(sink);
  let drains = 0;
  drained = () => void drains++;
  transport.write([Uint8Array.of(1)]);
  expect(drains).toBe(1);
  transport.write([Uint8Array.of(2)]);
  expect(drains).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(drains).toBe(2);
  transport.abort();
  client.close();
});
