/** Runs each kind of hostile client against an endpoint of @hybi/core: it must send what its title says. */
import { Endpoint } from "@hybi/core";
import { permessageDeflate } from "@hybi/permessage-deflate";
import { describe, expect, it } from "vitest";
import { type AttackKind, attackKinds, selectKinds } from "./kinds.ts";

const aim = { authority: "127.0.0.1:9001", resource: "/chat" };
const overTcp = attackKinds.filter(({ transport }) => transport === undefined);

/** A server that accepts every opening and records what happens: types of events, and lengths of messages. */
function serve() {
  const limits = {
    message: 64 * 1_048_576,
    fragments: 10_000_000,
    extensionOffers: 10_000,
    extensionParameters: 10_000,
  };
  const endpoint = Endpoint.server({ limits, extensions: [permessageDeflate()] });
  const counts: Record<string, number> = {};
  let longest = 0;
  const receive = (bytes: Uint8Array | undefined): void => {
    if (bytes === undefined) return;
    // A copy, because received data is unmasked in place.
    for (const event of endpoint.receive(bytes.slice())) {
      const type = event.type === "failure" ? event.violation.code : event.type;
      counts[type] = (counts[type] ?? 0) + 1;
      if (event.type === "request") endpoint.accept();
      if (event.type === "binary" || event.type === "text") longest = Math.max(longest, event.data.length);
    }
  };
  return { counts, receive, longest: () => longest };
}

function send({ opening, once, again, againPace }: AttackKind, index: number) {
  const server = serve();
  server.receive(opening(aim));
  server.receive(once?.(index));
  const rounds = againPace === "trickled" ? 1 : 3;
  for (let round = 0; round < rounds; round++) server.receive(again?.());
  return { ...server.counts, longest: server.longest() };
}

const mebibyte = 1_048_576;
const expected: Record<string, object> = {
  "never-reading": { request: 1, binary: 12, longest: 4_096 },
  "slow-reading": { request: 1, binary: 12, longest: 4_096 },
  silence: { longest: 0 },
  "unfinished-heads": { longest: 0 },
  "trickled-heads": { request: 1, longest: 0 },
  offers: { request: 1, longest: 0 },
  "trickled-messages": { request: 1, binary: 1, longest: mebibyte - 1 },
  "unfinished-messages": { request: 1, longest: 0 },
  "huge-messages": { request: 1, binary: 3, longest: mebibyte - 1 },
  bombs: { request: 1, binary: 3, longest: mebibyte - 1 },
  "unfinished-bombs": { request: 1, longest: 0 },
  "empty-blocks": { request: 1, longest: 0 },
  "empty-messages": { request: 1, text: 8_193, longest: 0 },
  "tiny-messages": { request: 1, text: 7_023, longest: 1 },
  texts: { request: 1, text: 705, longest: 64 },
  binaries: { request: 1, binary: 3, longest: 65_536 },
  "tiny-fragments": { request: 1, longest: 0 },
  "empty-fragments": { request: 1, longest: 0 },
  pings: { request: 1, ping: 378, longest: 0 },
  resets: { request: 1, binary: 1, longest: 1_000 },
  "half-closes": { request: 1, binary: 1, longest: 1_000 },
  "large-closes": { request: 1, close: 1, longest: 0 },
};

describe("a hostile client", () => {
  it.each(overTcp.map((kind) => [kind.name, kind] as const))(
    "of the kind %s breaks no rule of the protocol except by its timing and volume",
    (name, kind) => {
      for (const index of [0, 1]) expect(send(kind, index)).toEqual(expected[name]);
    },
  );

  it("of each kind is in the table of these tests", () => {
    expect(overTcp.map(({ name }) => name)).toEqual(Object.keys(expected));
  });
});

it("selectKinds selects kinds by name, and throws for unknown names", () => {
  expect(selectKinds(["bombs", "pings"], ["pings"]).map(({ name }) => name)).toEqual(["bombs"]);
  expect(selectKinds()).toEqual(attackKinds);
  expect(() => selectKinds(["bomb"])).toThrow('There is no kind "bomb".');
});
