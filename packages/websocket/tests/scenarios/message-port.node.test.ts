/** A transport over a MessagePort whose other end goes away without a word. */
import { MessageChannel } from "node:worker_threads";
import { expect, it } from "vitest";
import { fromMessagePort } from "../../src/transport/from-message-port.ts";
import type { Transport } from "../../src/transport/transport.ts";

/** Starts a transport; returns the lines that its sink is told. */
function recorded(transport: Transport): string[] {
  const lines: string[] = [];
  transport.start({
    data: (chunk) => lines.push(`data ${chunk.length}`),
    drain: () => lines.push("drain"),
    end: () => lines.push("end"),
    error: (error) => lines.push(`error ${(error as Error).message}`),
    close: () => lines.push("close"),
  });
  return lines;
}

async function come(lines: readonly string[], last: string): Promise<void> {
  for (let turns = 0; turns < 500 && lines.at(-1) !== last; turns++)
    await new Promise((resolve) => setTimeout(resolve, 1));
  expect(lines.at(-1)).toBe(last);
}

it.each([false, true])(
  "is lost when the other end is closed, behind what it has posted; paused: %s",
  async (isPaused) => {
    const { port1, port2 } = new MessageChannel();
    const [near, far] = [fromMessagePort(port1 as never), fromMessagePort(port2 as never)];
    const lines = recorded(near);
    recorded(far);
    if (isPaused) near.pause();
    far.write([new Uint8Array(3)]);
    port2.close();
    if (isPaused) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(lines).toEqual([]);
      near.resume();
    }
    await come(lines, "close");
    expect(lines).toEqual(["data 3", "error The other end of the port was closed.", "close"]);
  },
);

it("is told nothing of it when both have ended", async () => {
  const { port1, port2 } = new MessageChannel();
  const [near, far] = [fromMessagePort(port1 as never), fromMessagePort(port2 as never)];
  const [lines, others] = [recorded(near), recorded(far)];
  near.write([new Uint8Array(3)]);
  near.end();
  await come(others, "end");
  far.end();
  await come(lines, "close");
  await come(others, "close");
  expect(lines).toEqual(["drain", "end", "close"]);
  expect(others).toEqual(["data 3", "end", "close"]);
});
