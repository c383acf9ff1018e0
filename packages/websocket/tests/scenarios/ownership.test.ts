/** Bytes that were sent are the application's again as soon as the call has returned, whatever extensions and fragments do. */
import { patternBytes, turningExtension } from "@hybi/testing";
import { describe, expect, it } from "vitest";
import type { IncomingOpening } from "../../src/server/incoming-opening.ts";
import { until } from "../support/clock.ts";
import { World } from "../support/link.ts";

const sizes = [1, 12, 125, 126, 4095, 4096, 4097, 70_000];

describe.each([
  ["without extensions", []],
  ["with an extension that encodes later", [turningExtension({ hold: 3 })]],
  ["with an extension that encodes every other message", [turningExtension({ every: 2 })]],
])("%s", (_, extensions) => {
  it.each(["a socket", "a server's socket", "a stream", "a message in pieces", "a broadcast"])(
    "bytes that %s has sent may be changed at once",
    async (what) => {
      const received: string[] = [];
      const expected: string[] = [];
      const text = (bytes: Uint8Array): string => `${bytes.length} ${bytes[0]} ${bytes.at(-1)}`;
      const keep = ({ data }: { data: unknown }): unknown => received.push(text(new Uint8Array(data as ArrayBuffer)));
      const handler = (opening: IncomingOpening): unknown => {
        const socket = opening.accept({ binaryType: "arraybuffer" });
        world.accepted.push(socket);
        socket.addEventListener("message", keep);
        return undefined;
      };
      const world: World = new World({ handler, server: { extensions }, client: { extensions } });
      const url = "ws://example.com/";
      const scratch = new Uint8Array(70_000);
      const filled = (length: number, index: number): Uint8Array => {
        const bytes = scratch.subarray(0, length);
        bytes.set(patternBytes(length, index + 1));
        expected.push(text(bytes));
        return bytes;
      };
      if (what === "a stream") {
        const { writable } = await new world.WebSocketStream(url).opened;
        const writer = writable.getWriter();
        for (const [index, length] of sizes.entries()) {
          void writer.write(filled(length, index));
          // A sink is called a few microtasks later, which is no call of ours.
          await writer.ready;
          await Promise.resolve();
          scratch.fill(0);
        }
      } else {
        const client = new world.WebSocket(url, { binaryType: "arraybuffer" });
        await until(() => client.readyState === 1 && world.accepted.length === 1);
        client.addEventListener("message", keep);
        const [server] = world.accepted;
        for (const [index, length] of sizes.entries()) {
          const bytes = filled(length, index);
          if (what === "a socket") client.send(bytes);
          else if (what === "a server's socket") server?.send(bytes);
          else if (what === "a broadcast") world.server.broadcast(bytes);
          else {
            const writer = client.sendInPieces("binary");
            void writer.write(bytes);
            void writer.close();
          }
          scratch.fill(0);
        }
      }
      await until(() => received.length === sizes.length);
      expect(received).toEqual(expected);
    },
  );
});
