/**
 * Whatever two sockets send each other, and however it is split on the way: it arrives once, in order, and each side ends once.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { WebSocket } from "../../src/socket/websocket.ts";
import { turn, until } from "../support/clock.ts";
import { World } from "../support/link.ts";

type Step =
  | { readonly type: "text"; readonly data: string }
  | { readonly type: "bytes"; readonly length: number }
  | { readonly type: "blob"; readonly length: number }
  | { readonly type: "ping" | "pause" | "resume" | "turn" };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant("text" as const), data: fc.string({ unit: "binary" }) }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant("bytes" as const), length: fc.nat(10_000) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("bytes" as const), length: fc.nat(300_000) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("blob" as const), length: fc.nat(10_000) }) },
  fc.record({ type: fc.constantFrom("ping" as const, "pause" as const, "resume" as const, "turn" as const) }),
);

const conversation = fc.record({
  steps: fc.array(fc.record({ who: fc.boolean(), step }), { maxLength: 25 }),
  chunkSize: fc.oneof(fc.integer({ min: 50, max: 1_000 }), fc.constant(Number.POSITIVE_INFINITY)),
  ending: fc.constantFrom("client", "server", "both", "terminate"),
});

/** A short description of a message, for comparison. */
function mark(data: unknown): string {
  return typeof data === "string" ? `text ${data}` : `bytes ${(data as ArrayBuffer).byteLength}`;
}

class Side {
  readonly socket: WebSocket;
  readonly sent: string[] = [];
  readonly heard: string[] = [];
  readonly ends: string[] = [];

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => this.heard.push(mark(data));
    socket.onclose = ({ code, wasClean }) => this.ends.push(`${code} ${wasClean}`);
  }

  take(given: Step): void {
    switch (given.type) {
      case "text":
        this.sent.push(`text ${given.data}`);
        this.socket.send(given.data);
        break;
      case "bytes":
        this.sent.push(`bytes ${given.length}`);
        this.socket.send(new Uint8Array(given.length));
        break;
      case "blob":
        this.sent.push(`bytes ${given.length}`);
        this.socket.send(new Blob([new Uint8Array(given.length)]));
        break;
      case "ping":
        this.socket.ping();
        break;
      case "pause":
        this.socket.pause();
        break;
      case "resume":
        this.socket.resume();
        break;
      default:
    }
  }
}

describe("a conversation", () => {
  it("arrives once and in order, and ends once on each side", async () => {
    await fc.assert(
      fc.asyncProperty(conversation, async ({ steps, chunkSize, ending }) => {
        const world = new World({ pair: { chunkSize } });
        const { client, server } = await world.connected();
        const sides = [new Side(client), new Side(server)] as const;
        const [near, far] = sides;
        for (const { who, step: given } of steps) {
          (who ? near : far).take(given);
          if (given.type === "turn") await turn();
        }
        for (const { socket } of sides) socket.resume();
        if (ending === "terminate") client.terminate();
        else {
          await until(() => far.heard.length === near.sent.length && near.heard.length === far.sent.length);
          expect(far.heard).toEqual(near.sent);
          expect(near.heard).toEqual(far.sent);
          await until(() => client.bufferedAmount + server.bufferedAmount === 0);
        }
        if (ending === "client" || ending === "both") client.close(3000);
        if (ending === "server" || ending === "both") server.close(3000);
        await until(() => near.ends.length > 0 && far.ends.length > 0);
        await turn();
        const end = ending === "terminate" ? "1006 false" : "3000 true";
        expect([near.ends, far.ends]).toEqual([[end], [end]]);
        expect(far.heard).toEqual(near.sent.slice(0, far.heard.length));
        expect(world.clock.due).toEqual([]);
        expect(world.server.connections).toBe(0);
      }),
      { numRuns: 30 },
    );
  });
});
