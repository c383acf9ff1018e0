/** Scheduler rounds and Deno's event loop. */
import { expect, it } from "vitest";
import { systemClock } from "../../websocket/src/event-loop/clock.ts";
import { quantum, Rounds, type Sharer } from "../../websocket/src/load/rounds.ts";

/** Without a timer between rounds, Deno runs 61 rounds before each read. */
const most = 8;

it("data that arrives is read after a few rounds, while other connections have work in every round", async () => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const accepted = listener.accept();
  const client = await Deno.connect({ port: listener.addr.port, hostname: "127.0.0.1" });
  const server = await accepted;
  let rounds = 0;
  let isOver = false;
  const shared = Rounds.of({ ...systemClock });
  const busy: Sharer = {
    credit: 0,
    creditRound: 0,
    serve: () => {
      rounds++;
      shared.spent(busy, quantum);
      return !isOver;
    },
  };
  shared.enqueue(busy);
  const counts: number[] = [];
  for (let count = 0; count < 20; count++) {
    const reading = server.read(new Uint8Array(1));
    await client.write(Uint8Array.of(1));
    const before = rounds;
    await reading;
    counts.push(rounds - before);
  }
  isOver = true;
  for (const closable of [client, server, listener]) closable.close();
  expect(Math.max(...counts)).toBeLessThanOrEqual(most);
});
