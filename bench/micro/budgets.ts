/**
 * The cost of the memory and time budgets to a server that is not under attack, in ns per chunk that arrives. The first
 * column is spent by core, the rest by the pump: `tsx --conditions=@hybi/source bench/micro/budgets.ts`. For comparison:
 * a message over TCP with its echo takes a server about 10 µs.
 */
import { Endpoint, plainAgreement } from "@hybi/core";
import { MemoryBudget } from "../../packages/websocket/src/load/memory-budget.ts";
import { Rounds, type Sharer } from "../../packages/websocket/src/load/rounds.ts";
import { PumpWriter } from "../../packages/websocket/src/pump/writer.ts";
import type { Transport } from "../../packages/websocket/src/transport/transport.ts";
import { leastTime, printRow } from "./least-time.ts";

const turns = 1_000_000;
const connections = 1_000;

const clock = {
  now: () => performance.now(),
  setTimeout: () => undefined,
  clearTimeout: () => {},
  nextTurn: (task: () => void) => rounds.push(task),
};
const rounds: (() => void)[] = [];
const shared = Rounds.of(clock);
const sharers = Array.from({ length: connections }, (): Sharer => ({ credit: 0, creditRound: 0, serve: () => false }));

/** A chunk of a short message gets its allowance and uses some of it; a round is scheduled when one is needed. */
function useTime(index: number): void {
  const sharer = sharers[index % connections] as Sharer;
  shared.allowance(sharer);
  shared.spent(sharer, 1_000);
  rounds.pop()?.();
}

const budget = new MemoryBudget(1e9);
const holder = { rest() {}, goOn() {}, shed() {} };
const accounts = Array.from({ length: connections }, () => budget.open(holder));

/** At the end of a turn a connection reports that it holds something, and at the end of the next that it holds nothing. */
function changeMemory(index: number): void {
  accounts[(index >> 1) % connections]?.change((index & 1) === 0 ? 500 : 0);
}

const endpoints = Array.from({ length: connections }, () => Endpoint.fromAgreement(plainAgreement("server")));
const writers = endpoints.map((endpoint) => new PumpWriter(endpoint, {} as Transport, 131_072));

/** Queries how much an idle connection holds. */
function queryHeld(index: number): number {
  const endpoint = endpoints[index % connections] as Endpoint;
  const writer = writers[index % connections] as PumpWriter;
  return endpoint.heldLength + endpoint.outputLength + writer.heldLength;
}

printRow("", ["ns"]);
printRow("time", [leastTime(turns, useTime)]);
printRow("memory", [leastTime(turns, changeMemory)]);
printRow("query held", [leastTime(turns, queryHeld)]);
