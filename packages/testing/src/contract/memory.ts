/** The memory held by all connections of a server stays within its budget, over real sockets. */
import { encodeFrame, opcodes } from "@hybi/core/frame";
import type { Server } from "@hybi/websocket";
import type { TestedAdapter } from "./adapter.ts";
import type { Runner } from "./runner.ts";
import { echo, handwrittenRequest, messages, withServer } from "./world.ts";

const budget = 2_000_000;
const part = 200_000;
const hostile = 30;

/** Resolves when `holds()` returns true. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve));
}

export function memoryContract(adapter: TestedAdapter, { describe, it, expect }: Runner): void {
  describe("the memory budget of a server", () => {
    it("defaults to an eighth of the memory that the runtime may use [A18]", async () => {
      await withServer(adapter, echo, async (server) => {
        const MiB = 1_048_576;
        expect(server.totals.budget > 8 * MiB).toBe(true);
        expect(server.totals.budget < 1_048_576 * MiB).toBe(true);
        expect(server.totals.held).toBe(0);
      });
    });

    it("holds with many clients that never finish their message, while other clients are served [A18]", async () => {
      const test = async (server: Server): Promise<void> => {
        const innocents = await Promise.all(Array.from({ length: 3 }, () => adapter.connect(server.url)));
        const raws = await Promise.all(Array.from({ length: hostile }, () => adapter.openRaw(server.port)));
        for (const raw of raws) raw.write(handwrittenRequest);
        await until(() => server.connections === hostile + innocents.length);
        const begun = encodeFrame({
          opcode: opcodes.binary,
          payload: new Uint8Array(part),
          final: false,
          maskingKey: 1,
        });
        let most = 0;
        for (const [index, raw] of raws.entries()) {
          raw.write(begun);
          for (const innocent of innocents) {
            const answer = messages(innocent, 1);
            innocent.send(`still here ${index}`);
            expect(await answer).toEqual([`still here ${index}`]);
          }
          most = Math.max(most, server.totals.held);
        }
        await until(() => server.totals.shed > 0);
        expect(most < budget * 1.5).toBe(true);
        for (const raw of raws) raw.drop();
        await until(() => server.connections === innocents.length);
        expect(server.totals.held < 1_000).toBe(true);
        for (const innocent of innocents) {
          const answer = messages(innocent, 1);
          innocent.send("and after it");
          expect(await answer).toEqual(["and after it"]);
        }
      };
      await withServer(adapter, echo, test, { memoryBudget: budget, openingsPerAddress: 1_000 });
    });
  });
}
