/** Whoever waits for a message to leave is told, once: that it has, if and only if its bytes left, and in that order. */
import { UsageError } from "@hybi/core";
import { patternBytes, scaledRuns } from "@hybi/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WebSocketError } from "../../src/dom/websocket-error.ts";
import { turn } from "../support/clock.ts";
import { heldClient } from "../support/held-transport.ts";

type Action =
  | { readonly type: "send"; readonly size: number; readonly priority: number; readonly how: How }
  | { readonly type: "drain" | "turn" | "free" | "hold" }
  | { readonly type: "close" | "peer closes" | "peer errs" | "lost" | "terminate" };

type How = "callback" | "promise" | "blob" | "unwatched";

const hows: fc.Arbitrary<How> = fc.constantFrom("callback", "callback", "promise", "blob", "unwatched");
const sizes = fc.oneof(fc.nat(40), fc.constantFrom(4096, 9000, 70_000, 300_000));
const type = <Type extends Action["type"]>(...types: Type[]): fc.Arbitrary<{ type: Type }> =>
  fc.constantFrom(...types.map((type) => ({ type })));

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant("send" as const),
      size: sizes,
      priority: fc.constantFrom(0, 0, 0, 1, -1),
      how: hows,
    }),
  },
  { weight: 4, arbitrary: type("drain") },
  { weight: 4, arbitrary: type("turn") },
  { weight: 1, arbitrary: type("free", "hold") },
);
const ending: fc.Arbitrary<Action> = type("close", "peer closes", "peer errs", "lost", "terminate");

describe("a message that is waited for", () => {
  it("is told to have left, or not to, exactly once, truly and in order", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(action, { maxLength: 25, size: "max" }),
        ending,
        fc.array(action, { maxLength: 6 }),
        async (before, ending, after) => {
          const { client, transport } = await heldClient();
          const told: { readonly id: number; readonly error: unknown }[] = [];
          let sent = 0;
          let watched = 0;
          let unsettled = 0;
          let isEnded = false;
          client.onclose = () => (isEnded = true);

          const send = (size: number, priority: number, how: How): void => {
            // Its first two bytes say which message it is.
            const data = patternBytes(size + 2);
            data[0] = sent >>> 8;
            data[1] = sent;
            const id = sent++;
            if (how === "unwatched") {
              client.send(data, { priority });
              return;
            }
            watched++;
            const done = (error?: unknown): void => void told.push({ id, error });
            if (how === "promise") {
              unsettled++;
              const settle = (error?: unknown): void => {
                unsettled--;
                done(error);
              };
              client.sendAndWait(data, { priority }).then(() => settle(), settle);
            } else client.send(how === "blob" ? new Blob([data.slice()]) : data, { priority }, done);
          };
          const act = async (action: Action): Promise<void> => {
            switch (action.type) {
              case "send":
                send(action.size, action.priority, action.how);
                break;
              case "drain":
                transport.drain();
                break;
              case "turn":
                await turn();
                break;
              case "free":
              case "hold":
                transport.isFree = action.type === "free";
                break;
              case "close":
                client.close();
                break;
              case "peer closes":
                transport.peer.sendClose(1000);
                transport.answer();
                break;
              case "peer errs":
                if (!transport.isOver) transport.sink.data(Uint8Array.of(0x83, 0));
                break;
              case "lost":
                transport.lose(new Error("cut"));
                break;
              case "terminate":
                client.terminate();
                break;
              default:
                action satisfies never;
            }
          };
          for (const action of before) await act(action);
          await act(ending);
          for (const action of after) await act(action);
          await turn();
          // The rest leaves, as far as it may, and the transport ends.
          for (let writes = 0; writes < 100 && transport.isHeld; writes++) {
            transport.drain();
            await turn();
          }
          transport.answer();
          await turn();
          transport.abort();
          await turn();

          expect(isEnded).toBe(true);
          expect(unsettled).toBe(0);
          expect(told.length).toBe(watched);
          expect(new Set(told.map(({ id }) => id)).size).toBe(watched);
          const hasLeft = transport.arrived.flatMap((event) =>
            event.type === "binary" ? [((event.data[0] ?? 0) << 8) | (event.data[1] ?? 0)] : [],
          );
          const good = told.filter(({ error }) => error === undefined).map(({ id }) => id);
          const bad = told.filter(({ error }) => error !== undefined);
          // In the order in which they left. A promise is settled a microtask later than a callback is called.
          expect([...good].sort((a, b) => a - b)).toEqual(
            hasLeft.filter((id) => told.some((each) => each.id === id)).sort((a, b) => a - b),
          );
          if (before.every((each) => each.type !== "send" || each.how !== "promise"))
            expect(good).toEqual(hasLeft.filter((id) => good.includes(id)));
          for (const { id, error } of bad) {
            expect(hasLeft).not.toContain(id);
            expect(error instanceof WebSocketError || error instanceof UsageError).toBe(true);
          }
        },
      ),
      scaledRuns(40),
    );
  });
});
