/** Servers that send faster than a page reads. */
import type { WebSocketStream } from "@hybi/websocket";
import { expect, it } from "vitest";
import { ways } from "./site.ts";
import { describeInPage } from "./world.ts";

const mebibyte = 1_048_576;
/** Messages of 1 MiB each: more than the buffers of browser and kernel together. */
const total = 48;

/** What a server may queue for one client. Sending more is a usage error, which would fail the test. */
const limits = { queuedOutput: 2 * mebibyte };

/** Writes all messages as fast as the stream accepts them. Calls `rested` when it has accepted none for a while. */
async function flood(stream: WebSocketStream, rested: (written: number) => void): Promise<void> {
  const { writable } = await stream.opened;
  const writer = writable.getWriter();
  let timer: NodeJS.Timeout | undefined;
  for (let written = 0; written < total; written++) {
    // The only necessary wait here: only time shows that nothing more is accepted.
    timer = setTimeout(() => rested(written), 300);
    await writer.write(new Uint8Array(mebibyte).fill(written));
    clearTimeout(timer);
  }
  rested(total);
  await writer.close();
}

describeInPage("a page that does not read", ways, (world) => {
  it("stops the server, which queues no more than allowed, and receives everything in the end", async () => {
    const rests: number[] = [];
    let flooding: Promise<void> | undefined;
    world.site.serve(
      (opening) => {
        const stream = opening.acceptStream();
        const rested = (written: number): void => {
          rests.push(written);
          world.site.release();
        };
        flooding = world.site.held().then(() => flood(stream, rested));
      },
      { limits },
    );
    const received = await world.page.evaluate(async (url) => {
      const peer = await inPage.open(url);
      // A synchronous request blocks the page: it receives no message meanwhile.
      const request = new XMLHttpRequest();
      request.open("GET", "/hold", false);
      request.send();
      const messages: string[] = [];
      for (;;) {
        const event = await peer.next();
        if (event.type === "close") return { messages, wasClean: event.wasClean };
        if (event.type !== "message") continue;
        const bytes = new Uint8Array(event.data as ArrayBuffer);
        messages.push(`${bytes.length} times ${bytes[0]} to ${bytes.at(-1)}`);
      }
    }, world.url);
    await flooding;
    const messages = Array.from({ length: total }, (_, index) => `${mebibyte} times ${index} to ${index}`);
    expect(received).toEqual({ messages, wasClean: true });
    // Firefox always reads, and buffers what the page does not take.
    if (world.browser === "chromium") expect(rests[0]).toBeLessThan(total);
  });
});
