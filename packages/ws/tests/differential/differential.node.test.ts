/**
 * The same scenarios with ws and with @hybi/ws: some hundreds, generated, over sockets to a peer that writes bytes by hand. What can be
 * observed must be equal, or be listed in differences.ts.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import * as ws from "ws";
import * as ours from "../../src/index.ts";
import { differences } from "./differences.ts";
import { type Implementation, play, type Transcript } from "./play.ts";
import { type Scenario, scenarios } from "./scenario.ts";

const runs = Number(process.env.HYBI_RUNS ?? 300);
const patient = 20;

/** Plays with both at once. A difference counts only if it is still there when both had much more time between the steps. */
async function playBoth(
  scenario: Scenario,
  first: Implementation,
  second: Implementation,
  isSame: (one: Transcript, other: Transcript) => boolean,
): Promise<[Transcript, Transcript]> {
  const quick = await Promise.all([play(first, scenario, 1), play(second, scenario, 1)]);
  if (isSame(...quick)) return quick;
  return Promise.all([play(first, scenario, patient), play(second, scenario, patient)]);
}

const isEqual = (one: Transcript, other: Transcript): boolean => JSON.stringify(one) === JSON.stringify(other);

const used = new Set<string>();

/** What must be equal whatever came before: that it ended, as far as there is a socket in both. */
function endOf({ end }: Transcript, { end: otherEnd }: Transcript): Transcript {
  const hasSocket = end.length > 1 && otherEnd.length > 1;
  return {
    events: [],
    wire: [],
    end: end.filter((line) => / clients$/.test(line) || (hasSocket && /^ready/.test(line))),
  };
}

/** What is left of the two transcripts without the listed differences; these are noted as used. */
function withoutListed(scenario: Scenario, one: Transcript, other: Transcript): [Transcript, Transcript] {
  const covering = isEqual(one, other) ? undefined : differences.find(({ covers }) => covers?.(scenario, one, other));
  if (covering !== undefined) {
    used.add(covering.name);
    return [endOf(one, other), endOf(other, one)];
  }
  for (const { name, without } of differences) {
    if (without === undefined || isEqual(one, other)) continue;
    const [left, right] = [without(one, scenario), without(other, scenario)];
    if (!isEqual(left, one) || !isEqual(right, other)) used.add(name);
    [one, other] = [left, right];
  }
  return [one, other];
}

const differential = async (scenario: Scenario, first: Implementation, second: Implementation): Promise<void> => {
  const isSame = (one: Transcript, other: Transcript): boolean => isEqual(...withoutListed(scenario, one, other));
  const [one, other] = withoutListed(scenario, ...(await playBoth(scenario, first, second, isSame)));
  expect(other).toEqual(one);
};

it("@hybi/ws does what ws does", { timeout: 240_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(scenarios, (scenario) => differential(scenario, ws, ours as unknown as Implementation)),
    { numRuns: runs },
  );
});

/** Shrunken scenarios in which a difference was found. */
const client: Scenario = {
  role: "client",
  options: {},
  head: [
    ...[
      "HTTP/1.1 101 Switching Protocols",
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Accept: ACCEPT",
    ],
  ],
  protocols: [],
  isEager: false,
  answersItself: false,
  atOnce: [],
  onError: undefined,
  steps: [],
};
const found: Record<string, Scenario> = {
  "a Ping in the error listener of an opening that failed": {
    ...client,
    head: [...client.head, "Sec-WebSocket-Protocol: three"],
    onError: { do: "ping", data: undefined },
  },
  "terminate while connecting, and a pause in the error listener": {
    ...client,
    atOnce: [{ do: "terminate" }],
    onError: { do: "pause" },
  },
  "one byte of a frame behind another whose payload it might have been": {
    ...client,
    steps: [
      { do: "write", what: "the beginning of a frame", pieces: [Buffer.from([0x82, 2, 1])] },
      { do: "write", what: "text of 0", pieces: [Buffer.from([1, 0x6f])] },
    ],
  },
  "close and terminate while connecting": {
    ...client,
    atOnce: [{ do: "close", code: undefined, reason: undefined }, { do: "terminate" }],
    onError: { do: "terminate" },
  },
};

it.each(Object.entries(found))("does what ws does: %s", async (_, scenario) => {
  await differential(scenario, ws, ours as unknown as Implementation);
});

it("most listed differences are met", () => {
  const met = differences.filter(({ name }) => used.has(name));
  // Which scenarios are generated depends on the seed.
  expect(met.length).toBeGreaterThan(differences.length / 3);
});

it("ws does what ws does: the scenarios have one outcome", { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(scenarios, async (scenario) => {
      const [one, other] = await playBoth(scenario, ws, ws, isEqual);
      expect(other).toEqual(one);
    }),
    { numRuns: 50 },
  );
});

/** Versions of ws with a fault, each of which must be found. */
const faults: Record<string, (emit: ws.WebSocket["emit"]) => ws.WebSocket["emit"]> = {
  "a close code that is not the one received":
    (emit) =>
    (event, ...args) =>
      event === "close" ? emit(event, Number(args[0]) + 1, args[1]) : emit(event, ...args),
  "texts called binary":
    (emit) =>
    (event, ...args) =>
      event === "message" ? emit(event, args[0], true) : emit(event, ...args),
  "a Ping that nobody hears of":
    (emit) =>
    (event, ...args) =>
      event !== "ping" && emit(event, ...args),
  "an error that is not told":
    (emit) =>
    (event, ...args) =>
      event !== "error" && emit(event, ...args),
};

it.each(Object.entries(faults))("finds a fault: %s", { timeout: 60_000 }, async (_, fault) => {
  class Faulty extends ws.WebSocket {
    override emit: ws.WebSocket["emit"] = fault(super.emit.bind(this));
  }
  class FaultyServer extends ws.WebSocketServer {
    constructor(options: ws.ServerOptions) {
      super({ ...options, WebSocket: Faulty } as ws.ServerOptions);
    }
  }
  const faulty = { WebSocket: Faulty, WebSocketServer: FaultyServer } as unknown as Implementation;
  const check = fc.asyncProperty(scenarios, async (scenario) =>
    isEqual(...(await playBoth(scenario, ws, faulty, isEqual))),
  );
  const { failed } = await fc.check(check, { numRuns: 200, endOnFailure: true });
  expect(failed).toBe(true);
});
