/** A message that is sent in pieces arrives as the whole, whatever else is sent and however slowly it leaves. */
import { arb, concatBytes, sameBytes, scaledRuns } from "@hybi/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { turn } from "../support/clock.ts";
import { heldClient } from "../support/held-transport.ts";

type Step =
  | { readonly type: "send"; readonly priority: number }
  | { readonly type: "drain" | "turn" | "ping" | "free" | "blob" };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ type: fc.constant("send" as const), priority: fc.constantFrom(0, 1, -1) }),
  ...(["drain", "turn", "ping", "free", "blob"] as const).map((type) => fc.record({ type: fc.constant(type) })),
);
const steps = fc.array(step, { maxLength: 4 });
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 50 }),
  fc.constantFrom(4096, 5000, 70_000).map((size) => new Uint8Array(size)),
);
const part = <Piece>(piece: fc.Arbitrary<Piece>): fc.Arbitrary<{ piece: Piece; next: Step[]; isAwaited: boolean }[]> =>
  fc.array(fc.record({ piece, next: steps, isAwaited: fc.boolean() }), { maxLength: 6 });

describe("sendInPieces", () => {
  it.each([
    ["binary", part<string | Uint8Array>(bytes)],
    ["text", part<string | Uint8Array>(arb.text())],
  ] as const)("is the same as sending the whole, for a %s message", async (kind, parts) => {
    await fc.assert(
      fc.asyncProperty(steps, parts, fc.constantFrom(0, 1000, 65_536), async (before, parts, highWaterMark) => {
        const { client, transport } = await heldClient();
        let sent = 0;
        const act = async (step: Step): Promise<void> => {
          if (step.type === "send") client.send(`other ${sent++}`, { priority: step.priority });
          else if (step.type === "blob") client.send(new Blob([`other ${sent++}`]));
          else if (step.type === "drain") transport.drain();
          else if (step.type === "free") transport.isFree = true;
          else if (step.type === "turn") await turn();
          else client.ping("p");
        };
        for (const step of before) await act(step);
        const writer = client.sendInPieces(kind, { highWaterMark });
        const written: Promise<void>[] = [];
        const whole: (string | Uint8Array)[] = [];
        for (const { piece, next, isAwaited } of parts) {
          whole.push(typeof piece === "string" ? piece : piece.slice());
          written.push(writer.write(piece));
          // What was passed may be changed at once.
          if (typeof piece !== "string") piece.fill(0xff);
          for (const step of next) await act(step);
          if (isAwaited) {
            for (let writes = 0; writes < 5; writes++) {
              await turn();
              transport.drain();
            }
          }
        }
        written.push(writer.close());
        for (let writes = 0; writes < 50; writes++) {
          await turn();
          if (!transport.isHeld) break;
          transport.drain();
        }
        await Promise.all(written);
        expect(client.bufferedAmount).toBe(0);
        const arrived = transport.arrived.filter(({ type }) => type === "text" || type === "binary");
        const others = arrived.filter((event) => {
          const data =
            event.type === "binary" ? new TextDecoder().decode(event.data) : event.type === "text" && event.data;
          return data !== false && /^other \d+$/.test(data);
        });
        const own = arrived.filter((event) => !others.includes(event));
        expect(others.length).toBe(sent);
        expect(own.length).toBe(1);
        const [message] = own;
        if (message?.type === "binary") expect(sameBytes(message.data, concatBytes(whole as Uint8Array[]))).toBe(true);
        else if (message?.type === "text")
          expect(message.data).toBe(whole.join("").replace(/[\ud800-\udfff]/gu, "\ufffd"));
        else throw new Error(`${message?.type}`);
      }),
      scaledRuns(40),
    );
  });
});
