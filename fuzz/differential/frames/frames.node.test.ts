import { expect, it } from "vitest";
import { compare } from "../compare.ts";
import type { Peer } from "../peer.ts";
import { shrink } from "../shrink.ts";
import type { Stream } from "../stream.ts";
import { transcript } from "../transcript.ts";
import type { Verdict } from "../verdict.ts";
import { frames } from "./frames.ts";
import { FramesGenerator } from "./generate.ts";
import { ours } from "./ours.ts";
import { websocketDriverPeer } from "./peers/websocket-driver.ts";
import { wsPeer } from "./peers/ws.ts";

const generator = new FramesGenerator(6455);
const streams = Array.from({ length: 600 }, (_, index) => generator.stream(index));

it.each([wsPeer, websocketDriverPeer])(
  "$name agrees with hybi on 600 streams, except for known differences",
  async (peer) => {
    const read = streams.filter((stream) => peer.reads(stream));
    const findings = await compare(
      peer,
      read,
      read.map((stream) => ours(stream)),
      new Map(),
    );
    expect(findings.map(transcript)).toEqual([]);
  },
);

it("a stream does not depend on the streams generated before it", () => {
  expect(new FramesGenerator(6455).stream(599)).toEqual(streams[599]);
});

it("the streams are legal, illegal and compressed, in both roles, with every kind of end", () => {
  const verdicts = streams.map((stream) => ours(stream));
  const kinds = new Set(verdicts.flatMap(({ events }) => events.map((event) => event.split(" ")[0])));
  expect([...kinds].sort()).toEqual(["binary", "close", "ping", "pong", "text"]);
  expect(new Set(streams.map(({ role, deflate }) => `${role} ${deflate}`)).size).toBe(4);
  const failed = verdicts.filter((verdict) => verdict.failed !== undefined);
  expect(failed.length).toBeGreaterThan(streams.length / 10);
  expect(failed.length).toBeLessThan(streams.length / 2);
  expect(new Set(failed.map(({ code }) => code)).size).toBeGreaterThan(10);
});

/** A peer that is wrong about Pings of more than three bytes. */
const wrong: Peer = {
  name: "wrong",
  subject: frames,
  differences: [],
  reads: () => true,
  judge: (streams) =>
    streams.map((stream): Verdict => {
      const { events, failed } = ours(stream);
      return { events: events.map((event) => (/^ping ...../s.test(event) ? "ping" : event)), failed };
    }),
};

it("a disagreement is found, minimized, and printed in readable form", async () => {
  const [found] = await compare(
    wrong,
    streams,
    streams.map((stream) => ours(stream)),
    new Map(),
  );
  if (found === undefined) throw new Error("no disagreement was found");
  const { stream } = await shrink(found);
  expect(Math.max(...stream.bytes.subarray(0, 2))).toBeGreaterThanOrEqual(0x89);
  expect(stream.bytes.length).toBeLessThanOrEqual(stream.role === "server" ? 11 : 7);
  expect(transcript(await shrink(found))).toMatch(/^As a (client|server).*, hybi and wrong disagree on\n {2}89 /);
});

it("a difference that does not apply explains nothing", async () => {
  const illegal: Stream = { role: "client", deflate: false, bytes: Uint8Array.of(0x82, 126, 0, 1, 7), ends: [5] };
  const deaf: Peer = { ...wsPeer, differences: wsPeer.differences.slice(1) };
  expect(await compare(wsPeer, [illegal], [ours(illegal)], new Map())).toEqual([]);
  expect(await compare(deaf, [illegal], [ours(illegal)], new Map())).toHaveLength(1);
});

it.each([wsPeer, websocketDriverPeer])(
  "every difference of $name has a name of its own and a section",
  ({ differences }) => {
    expect(new Set(differences.map(({ name }) => name)).size).toBe(differences.length);
    for (const { section } of differences) expect(section).toMatch(/^RFC \d+ §\d/);
  },
);
