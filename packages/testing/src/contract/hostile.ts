/**
 * Runs a few clients of every hostile kind at once. Meanwhile a well-behaved client is served, and once they have
 * gone, nothing of them is left. The command `hybi-hostile` runs a thousand clients of the same kinds, and measures
 * time.
 */
import { type AttackAim, type AttackKind, attackKinds } from "../attacks/kinds.ts";
import type { RawConnection, TestedAdapter } from "./adapter.ts";
import { type Neighbourhood, withNeighbours } from "./neighbourhood.ts";
import type { Runner } from "./runner.ts";

/** Clients per kind, one with an even and one with an odd index, and how often they repeat the data they send repeatedly. */
const clients = 2;
const rounds = 4;

const aim: AttackAim = { authority: "127.0.0.1", resource: "/" };

export function hostileContract(adapter: TestedAdapter, { describe, it, expect }: Runner): void {
  const { deflate } = adapter;
  const settings = deflate === undefined ? {} : { extensions: [deflate] };
  const kinds = attackKinds.filter(
    ({ transport, needs }) => transport === undefined && (needs === undefined || deflate),
  );

  describe("a well-behaved client is served, and nothing is left over, next to a hostile client", () => {
    for (const kind of kinds) {
      it(`that ${kind.title}`, async () => {
        await withNeighbours(adapter, settings, async (world) => {
          const raws = await attack(kind, world);
          await world.goOn();
          for (const raw of raws) raw.drop();
          await world.goOn(() => world.server.connections === 1);
          expect(world.bad.filter(({ readyState }) => readyState === 1)).toEqual([]);
        });
      });
    }

    it("of all kinds at once", async () => {
      await withNeighbours(adapter, settings, async (world) => {
        const raws: RawConnection[] = [];
        for (const kind of kinds) raws.push(...(await attack(kind, world)));
        await world.goOn();
        for (const raw of raws) raw.drop();
        await world.goOn(() => world.server.connections === 1);
        expect(world.bad.filter(({ readyState }) => readyState === 1)).toEqual([]);
      });
    });
  });

  async function attack(kind: AttackKind, world: Neighbourhood): Promise<RawConnection[]> {
    const { opening, openingPace, reads, once, again, againPace, ends } = kind;
    const before = world.bad.length;
    const raws: RawConnection[] = [];
    for (let index = 0; index < clients; index++) raws.push(await adapter.openRaw(world.server.port));
    for (const raw of raws) {
      if (reads !== undefined) raw.pause();
      for (const part of paced(opening(aim), openingPace)) raw.write(part);
    }
    // Input that arrives before the accept is also bounded.
    if (once !== undefined || again !== undefined) await world.goOn(() => world.bad.length === before + clients);
    for (const [index, raw] of raws.entries()) if (once !== undefined) raw.write(once(index));
    for (let round = 0; round < rounds && again !== undefined; round++) {
      for (const raw of raws) for (const part of paced(again(), againPace)) raw.write(part);
      await world.goOn();
    }
    if (ends === "half-close") for (const raw of raws) raw.end();
    return raws;
  }
}

/** The bytes in the writes they are sent in: all at once, or the first ones one by one. */
function paced(bytes: Uint8Array, pace: "trickled" | undefined): readonly Uint8Array[] {
  if (pace === undefined) return bytes.length === 0 ? [] : [bytes];
  return Array.from({ length: Math.min(bytes.length, 100) }, (_, at) => bytes.slice(at, at + 1));
}
