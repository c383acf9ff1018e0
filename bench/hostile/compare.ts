/** Attacks known servers one after the other, in one run. */
import { type HostileOptions, type HostileReport, measureUnderAttack, readTarget } from "@hybi/conformance/hostile";
import { Unavailable } from "../../tooling/fetched.ts";
import { ServerUnderAttack } from "./server-under-attack.ts";
import type { KnownServer } from "./servers.ts";

/** The result for one server. */
export interface ServerResult {
  readonly server: KnownServer;
  readonly title: string;
  /** Bytes it may hold, as it reports. */
  readonly budget: number | undefined;
  readonly report: HostileReport;
}

export type AttackOptions = Omit<HostileOptions, "target" | "secureTarget" | "pids" | "heap">;

/** Attacks `server`. Prints SKIPPED and returns undefined if it cannot run here or could not be measured. */
export async function attackServer(server: KnownServer, options: AttackOptions): Promise<ServerResult | undefined> {
  let started: ServerUnderAttack | undefined;
  try {
    started = await ServerUnderAttack.start(server);
    const { title, port, tlsPort, budget } = started.announcement;
    process.stderr.write(`attacking ${title}\n`);
    const report = await measureUnderAttack({
      ...options,
      target: readTarget(`ws://127.0.0.1:${port}/`),
      secureTarget: readTarget(`wss://127.0.0.1:${tlsPort}/`),
      heap: started.heap,
    });
    return { server, title, budget, report };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const why = error instanceof Unavailable ? "cannot run here" : "could not be measured";
    console.log(`\nSKIPPED: ${server.name} ${why}: ${error.message}\n`);
    return undefined;
  } finally {
    await started?.end();
  }
}
