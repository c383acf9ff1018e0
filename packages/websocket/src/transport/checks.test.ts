/** What a stream or a port delivers that is no bytes: the connection is lost, with the reason. */
import { expect, it } from "vitest";
import { fromMessagePort } from "./from-message-port.ts";
import { fromStreams } from "./from-streams.ts";
import type { TransportSink } from "./transport.ts";

/** A sink that records what it is told, and resolves `closed` at the end. */
function recording(): { sink: TransportSink; lines: string[]; closed: Promise<void> } {
  const lines: string[] = [];
  let close!: () => void;
  const closed = new Promise<void>((resolve) => {
    close = resolve;
  });
  const sink: TransportSink = {
    data: (chunk) => lines.push(`data ${chunk.length}`),
    drain() {},
    end: () => lines.push("end"),
    error: (error) => lines.push((error as Error).message),
    close,
  };
  return { sink, lines, closed };
}

it.each(["text", new ArrayBuffer(5), [1]])("a stream of something else than bytes is lost: %s", async (chunk) => {
  const readable = new ReadableStream({ start: (controller) => controller.enqueue(chunk) });
  const { sink, lines, closed } = recording();
  fromStreams({ readable, writable: new WritableStream() }).start(sink);
  await closed;
  expect(lines).toEqual([expect.stringContaining("as a Uint8Array")]);
});

it.each(["text", new ArrayBuffer(5), {}])(
  "a port whose peer posts something else than bytes is lost: %s",
  async (data) => {
    const { port1, port2 } = new MessageChannel();
    const { sink, lines, closed } = recording();
    fromMessagePort(port1).start(sink);
    port2.postMessage(data);
    await closed;
    expect(lines).toEqual([expect.stringContaining("no Uint8Array")]);
  },
);
