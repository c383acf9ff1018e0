/** How connections open, or fail to. */
import { Endpoint, type EndpointEvent } from "@hybi/core";
import {
  byteByByte,
  latin1Bytes,
  patternBytes,
  ScriptedPeer,
  Simulation,
  sampleRandom,
  withTranscript,
} from "@hybi/testing";
import { describe, expect, it } from "vitest";
import { endpoints, openEndpoints } from "./stories.ts";

describe("an opening handshake", () => {
  it("opens both ends with the same agreement, however the transport cuts it [H09] [H23] [C05]", () => {
    const link = { latency: 5, chunking: byteByByte };
    const story = openEndpoints({ client: { link }, server: { link } }, 20);
    const { first: client, second: server } = story;
    withTranscript(story, () => {
      expect(client.events.map(({ type }) => type)).toEqual(["open"]);
      expect(server.events.map(({ type }) => type)).toEqual(["request", "open"]);
      expect(client.history[0]?.at).toBe(10);
      expect(client.subject.agreement).toMatchObject({ role: "client", subprotocol: undefined, extensions: [] });
      client.do((endpoint) => endpoint.sendText("hello"));
      story.run(5);
      expect(server.events.at(-1)).toEqual({ type: "text", data: "hello" });
    });
  });

  it("may wait for the server's answer, and what arrives meanwhile is delivered afterwards [H22] [H27]", () => {
    const story = new Simulation({
      first: {
        subject: Endpoint.client({ url: "ws://example.com/", random: sampleRandom(), subprotocols: ["a", "b"] }),
        react: (event, endpoint: Endpoint) => {
          if (event.type === "open") endpoint.sendText("at last");
        },
      },
      // An application that takes its time: it answers later, below.
      second: { subject: Endpoint.server(), deadlines: {} },
    });
    const { first: client, second: server } = story;
    withTranscript(story, () => {
      story.run(3000);
      expect(server.events.map(({ type }) => type)).toEqual(["request"]);
      expect(() => client.subject.sendText("too early")).toThrow(/not open yet/);
      server.do((endpoint) => endpoint.accept({ subprotocol: "b" }));
      story.run();
      expect(client.subject.agreement?.subprotocol).toBe("b");
      expect(server.events.at(-1)).toEqual({ type: "text", data: "at last" });
    });
  });

  it("that the server rejects gives the client an HTTP response, and ends [C01] [H25]", () => {
    const story = new Simulation({
      first: { subject: Endpoint.client({ url: "ws://example.com/", random: sampleRandom() }) },
      second: {
        subject: Endpoint.server(),
        react: (event: EndpointEvent, endpoint: Endpoint) => {
          if (event.type === "request")
            endpoint.reject({ status: 401, fields: [["WWW-Authenticate", "Basic"]], body: "who?" });
        },
      },
    });
    const { first: client, second: server } = story;
    withTranscript(story, () => {
      story.run();
      const end = { type: "end", clean: false, statusCode: 1006, reason: "" };
      expect(client.events).toMatchObject([
        { type: "rejection", response: { status: 401 }, body: latin1Bytes("who?") },
        end,
      ]);
      expect(server.events.map(({ type }) => type)).toEqual(["request", "end"]);
    });
  });

  it("whose request trickles in gets 408 at the deadline [H20]", () => {
    const peer = new ScriptedPeer();
    const story = new Simulation({
      names: ["peer", "server"],
      first: { subject: peer },
      second: { subject: Endpoint.server(), deadlines: { opening: 10_000 } },
    });
    const { second: server } = story;
    withTranscript(story, () => {
      for (const char of "GET / HTTP/1.1\r\nHost: example.com\r\n") {
        peer.send(latin1Bytes(char));
        story.run(1000);
      }
      expect(server.history[0]).toMatchObject({
        at: 10_000,
        event: { type: "failure", violation: { code: "deadline/opening", httpStatus: 408 } },
      });
      expect(String.fromCharCode(...peer.received)).toMatch(
        /^HTTP\/1\.1 408 [^\r]*\r\n(?:.*\r\n)*Connection: close\r\n/,
      );
      expect(peer.sawEnd).toBe(true);
    });
  });

  it("without a response is given up by the client at the deadline, without sending anything [X17]", () => {
    const peer = new ScriptedPeer();
    const client = Endpoint.client({ url: "ws://example.com/", random: sampleRandom() });
    const story = new Simulation({
      names: ["client", "peer"],
      first: { subject: client, deadlines: { opening: 3000 } },
      second: { subject: peer },
    });
    withTranscript(story, () => {
      story.run(2999);
      const { length } = peer.received;
      story.run(10);
      expect(story.first.events).toMatchObject([
        { type: "failure", violation: { code: "deadline/opening", httpStatus: undefined } },
      ]);
      expect(peer.received).toHaveLength(length);
      expect(peer.sawEnd).toBe(true);
    });
  });

  it("that is cut off ends with a failure and the end of the transport, at both ends [X13] [X17]", () => {
    const story = endpoints({ client: { link: { latency: 50 } } });
    withTranscript(story, () => {
      story.run(10);
      story.cut();
      story.run(10);
      for (const party of [story.first, story.second]) {
        expect(party.events).toMatchObject([
          { type: "failure", violation: { code: "opening/transport-ended" } },
          { type: "end", clean: false, statusCode: 1006 },
        ]);
      }
    });
  });

  it("is followed at once by what the server sends with its response [C13]", () => {
    const story = openEndpoints({
      server: {
        react: (event, endpoint) => {
          if (event.type === "open") endpoint.sendBinary(patternBytes(10));
        },
      },
    });
    withTranscript(story, () => {
      expect(story.first.events.map(({ type }) => type)).toEqual(["open", "binary"]);
    });
  });
});
