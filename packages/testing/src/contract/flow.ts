/** Backpressure: an endpoint that does not read makes its peer wait. */
import type { TestedAdapter } from "./adapter.ts";
import type { Runner } from "./runner.ts";
import { messages, next, passTime, withSockets } from "./world.ts";

/** More than the kernel buffers for one connection over the loopback interface. */
const messageLength = 1 << 20;
const messageCount = 48;

export function flowContract(adapter: TestedAdapter, { describe, it, expect }: Runner): void {
  describe("a peer that stops reading", () => {
    it("stops the sender, and receives everything once it reads again", async () => {
      await withSockets(adapter, async (one, other, server) => {
        for (const [sender, receiver] of [[one, other] as const, [other, one] as const]) {
          receiver.pause();
          const bytes = new Uint8Array(messageLength).fill(7);
          for (let index = 0; index < messageCount; index++) sender.send(bytes);
          await passTime(adapter, server.url);
          const stuck = sender.bufferedAmount;
          await passTime(adapter, server.url);
          expect(stuck > 0 && sender.bufferedAmount === stuck).toBe(true);
          const arrived = messages(receiver, messageCount);
          receiver.resume();
          expect((await arrived).every((data) => (data as ArrayBuffer).byteLength === messageLength)).toBe(true);
          expect(sender.bufferedAmount).toBe(0);
        }
      });
    });

    it("is what callbacks, drained() and messages in pieces of its sender wait for", async () => {
      await withSockets(adapter, async (one, other, server) => {
        for (const [sender, receiver] of [[one, other] as const, [other, one] as const]) {
          receiver.pause();
          const told: number[] = [];
          const bytes = new Uint8Array(messageLength).fill(7);
          for (let index = 0; index < messageCount; index++) sender.send(bytes, () => void told.push(index));
          const waiting = Promise.all([sender.drained(), sender.sendAndWait("last")]);
          const writer = sender.sendInPieces("text");
          const pieces = Promise.all([writer.write("in "), writer.write("pieces"), writer.close()]);
          await passTime(adapter, server.url);
          const before = told.length;
          expect(before < messageCount).toBe(true);
          const arrived = messages(receiver, messageCount + 2);
          receiver.resume();
          await waiting;
          await pieces;
          expect(told).toEqual(Array.from({ length: messageCount }, (_, index) => index));
          expect((await arrived).slice(-2)).toEqual(["last", "in pieces"]);
        }
      });
    });

    it("stops at once, not after everything that has already arrived", async () => {
      await withSockets(adapter, async (client, accepted, server) => {
        const count = 1000;
        let received = 0;
        // As much as the kernel buffers has arrived before the first byte is read.
        accepted.pause();
        for (let index = 0; index < count; index++) client.send(new Uint8Array(16_384));
        await passTime(adapter, server.url);
        const all = new Promise<void>((resolve) => {
          accepted.onmessage = () => {
            received++;
            if (received === 1) accepted.pause();
            if (received === count) resolve();
          };
        });
        accepted.resume();
        await passTime(adapter, server.url);
        // The data being read, and one more chunk.
        expect(received < 100).toBe(true);
        accepted.resume();
        await all;
      });
    });

    it("can still be closed by the sender", async () => {
      await withSockets(adapter, async (client, accepted) => {
        client.pause();
        for (let index = 0; index < messageCount; index++) accepted.send(new Uint8Array(messageLength));
        const end = next(accepted, "close");
        accepted.terminate();
        expect((await end).code).toBe(1006);
        const clientEnd = next(client, "close");
        client.terminate();
        await clientEnd;
      });
    });
  });
}
