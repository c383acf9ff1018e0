import { describe, expect, it } from "vitest";
import { compare } from "../compare.ts";
import type { Peer } from "../peer.ts";
import { shrink } from "../shrink.ts";
import type { Stream } from "../stream.ts";
import type { Subject } from "../subject.ts";
import { transcript } from "../transcript.ts";
import type { OurVerdict, Verdict } from "../verdict.ts";
import { websocketDriverClient } from "./peers/websocket-driver-client.ts";
import { websocketDriverServer } from "./peers/websocket-driver-server.ts";
import { wsClient } from "./peers/ws-client.ts";
import { wsServer } from "./peers/ws-server.ts";
import { requests } from "./requests.ts";
import { responses } from "./responses.ts";
import { accept } from "./terms.ts";

const many = 1000;
const streamsOf = (subject: Subject): readonly Stream[] => {
  const generator = subject.generator(6455);
  return Array.from({ length: many }, (_, index) => generator.stream(index));
};
const verdictsOf = (subject: Subject, streams: readonly Stream[]): readonly OurVerdict[] =>
  streams.map((stream) => subject.ours(stream));

const peers = [wsServer, websocketDriverServer, wsClient, websocketDriverClient];

it.each(peers)("$name agrees with hybi on 1000 $subject.name, except for known differences", async (peer) => {
  const read = streamsOf(peer.subject).filter((stream) => peer.reads(stream));
  const findings = await compare(peer, read, verdictsOf(peer.subject, read), new Map());
  expect(findings.map(transcript)).toEqual([]);
});

describe.each([requests, responses])("the $name", (subject) => {
  const streams = streamsOf(subject);

  it("do not depend on those generated before them", () => {
    expect(subject.generator(6455).stream(many - 1)).toEqual(streams[many - 1]);
  });

  it("open, are rejected for many reasons, or are incomplete, with and without bytes behind them", () => {
    const verdicts = verdictsOf(subject, streams);
    const open = verdicts.filter(({ events }) => events.length > 0);
    expect(open.length).toBeGreaterThan(many / 3);
    expect(open.length).toBeLessThan(many * 0.7);
    const output = new Set(open.flatMap(({ events }) => events));
    for (const event of [
      "subprotocol ",
      "subprotocol superchat",
      "extensions permessage-deflate",
      "rest 0",
      "rest 6",
    ]) {
      if (event !== "rest 6" || subject === requests) expect(output).toContain(event);
    }
    expect(new Set(verdicts.map(({ code }) => code)).size).toBeGreaterThan(20);
    expect(verdicts.filter(({ events, failed }) => failed === undefined && events.length === 0).length).toBeGreaterThan(
      many / 50,
    );
  });
});

it("a server that reads a body that is not there is found, and the request is minimized", async () => {
  const wrong: Peer = {
    name: "wrong",
    subject: requests,
    differences: [],
    reads: () => true,
    judge: (streams) =>
      streams.map((stream): Verdict => {
        const { events, failed } = requests.ours(stream);
        return { events: events.map((event) => event.replace(/^rest .+/, "rest 0")), failed };
      }),
  };
  const streams = streamsOf(requests);
  const [found] = await compare(wrong, streams, verdictsOf(requests, streams), new Map());
  if (found === undefined) throw new Error("no disagreement was found");
  const output = transcript(await shrink(found));
  expect(output).toMatch(/^As a server.*, hybi and wrong disagree on\n {2}"[A-Z]+ /);
  // One byte behind the head is enough.
  expect(output).toContain('"rest 1"');
});

const response = (head: string): Stream => {
  const bytes = Buffer.from(
    `${head}Sec-WebSocket-Accept: ${accept}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
  );
  return { role: "client", deflate: false, bytes, ends: [bytes.length] };
};

it("a difference that does not apply explains nothing", async () => {
  const stream = response("HTTP/1.1 101\r\n");
  const deaf = { ...websocketDriverClient, differences: [] };
  expect(await compare(websocketDriverClient, [stream], verdictsOf(responses, [stream]), new Map())).toEqual([]);
  expect(await compare(deaf, [stream], verdictsOf(responses, [stream]), new Map())).toHaveLength(1);
});

it("a difference explains no more than itself: both must agree on the corrected stream", async () => {
  const stream = response("HTTP/1.1 101\r\nSec-WebSocket-Protocol: unknown\r\n");
  const lax: Peer = { ...websocketDriverClient, judge: () => [{ events: ["open"], failed: undefined }] };
  expect(await compare(lax, [stream], verdictsOf(responses, [stream]), new Map())).toHaveLength(1);
});

it.each(peers)("the differences of $name in $subject.name have distinct names and a section", ({ differences }) => {
  expect(new Set(differences.map(({ name }) => name)).size).toBe(differences.length);
  for (const { section } of differences) expect(section).toMatch(/^RFC \d+ §\d/);
});
