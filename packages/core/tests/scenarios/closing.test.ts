/** How connections end: cleanly, from both sides at once, and abnormally. */
import { Connection, plainAgreement } from "@hybi/core";
import { encodeFrame, opcodes } from "@hybi/core/frame";
import {
  closePayload,
  concatBytes,
  patternBytes,
  ScriptedPeer,
  Simulation,
  sampleRandom,
  utf8Bytes,
  withTranscript,
} from "@hybi/testing";
import { describe, expect, it } from "vitest";
import { afterOpening, openEndpoints } from "./stories.ts";

const link = { latency: 20 };

describe("a closing handshake", () => {
  it("begun by the client ends the transport from the server's side, cleanly for both [X07] [X12] [X14]", () => {
    const story = openEndpoints({ client: { link }, server: { link } });
    const { first: client, second: server } = story;
    withTranscript(story, () => {
      client.do((endpoint) => endpoint.sendClose(1000, "done"));
      story.run(25);
      expect(afterOpening(server.events)).toEqual([{ type: "close", statusCode: 1000, reason: "done" }]);
      // The server has sent and received Close, so it ends the transport first; the client waits for that.
      expect([client.subject.transportAction, server.subject.transportAction]).toEqual(["keep", "end"]);
      story.run(20);
      expect(client.subject.state).toBe("ended");
      story.run(100);
      expect(afterOpening(client.events)).toEqual([
        { type: "close", statusCode: 1000, reason: "" },
        { type: "end", clean: true, statusCode: 1000, reason: "" },
      ]);
      expect(afterOpening(server.events).at(-1)).toEqual({
        type: "end",
        clean: true,
        statusCode: 1000,
        reason: "done",
      });
      expect(story.clock.isIdle).toBe(true);
    });
  });

  it("begun by the server waits for the client's Close frame, then the server ends the transport [X07] [X12] [X14]", () => {
    const story = openEndpoints({ client: { link }, server: { link } });
    const { first: client, second: server } = story;
    withTranscript(story, () => {
      server.do((endpoint) => endpoint.sendClose(1001));
      expect(server.subject.transportAction).toBe("keep");
      story.run(25);
      expect(client.subject.transportAction).toBe("await-end");
      story.run(100);
      expect(afterOpening(client.events).at(-1)).toEqual({ type: "end", clean: true, statusCode: 1001, reason: "" });
      expect(afterOpening(server.events).at(-1)).toEqual({ type: "end", clean: true, statusCode: 1001, reason: "" });
    });
  });

  it("begun by both at once needs no further Close frames, and each reports the other's status code [X07] [X15]", () => {
    const story = openEndpoints({ client: { link }, server: { link } });
    const { first: client, second: server } = story;
    withTranscript(story, () => {
      client.do((endpoint) => endpoint.sendClose(3001, "c"));
      server.do((endpoint) => endpoint.sendClose(3002, "s"));
      story.run(200);
      expect(afterOpening(client.events)).toEqual([
        { type: "close", statusCode: 3002, reason: "s" },
        { type: "end", clean: true, statusCode: 3002, reason: "s" },
      ]);
      expect(afterOpening(server.events)).toEqual([
        { type: "close", statusCode: 3001, reason: "c" },
        { type: "end", clean: true, statusCode: 3001, reason: "c" },
      ]);
    });
  });

  it("without a status code is reported as 1005, which is never sent [X06]", () => {
    const story = openEndpoints();
    const { first: client, second: server } = story;
    withTranscript(story, () => {
      client.do((endpoint) => endpoint.sendClose());
      story.run(1);
      expect(afterOpening(server.events)).toEqual([
        { type: "close", statusCode: undefined, reason: "" },
        { type: "end", clean: true, statusCode: 1005, reason: "" },
      ]);
      expect(afterOpening(client.events)).toEqual([
        { type: "close", statusCode: undefined, reason: "" },
        { type: "end", clean: true, statusCode: 1005, reason: "" },
      ]);
    });
  });

  it("lets earlier messages leave first, or drops those it overtakes on request [X11] [X24]", () => {
    for (const afterMessages of [true, false]) {
      const story = openEndpoints({ server: { link: { latency: 10, window: 65_536 } } });
      const { first: client, second: server } = story;
      withTranscript(story, () => {
        server.do((endpoint) => {
          for (let index = 0; index < 4; index++) endpoint.sendBinary(patternBytes(900_000, index));
          endpoint.sendClose(1000, "", { afterMessages });
        });
        story.run(5000);
        expect(client.ofType("binary")).toHaveLength(afterMessages ? 4 : 1);
        expect(client.events.at(-1)).toEqual({ type: "end", clean: true, statusCode: 1000, reason: "" });
      });
    }
  });

  it("lets an echo leave whose message arrived in one chunk with the Close frame [X11]", () => {
    const server = new Connection(plainAgreement("server"));
    const peer = new ScriptedPeer();
    const story = new Simulation({
      names: ["peer", "server"],
      first: { subject: peer },
      second: {
        subject: server,
        react: (event, connection) => {
          if (event.type === "text") connection.sendText(`echo of ${event.data}`);
        },
      },
    });
    withTranscript(story, () => {
      const frame = (opcode: number, payload: Uint8Array): Uint8Array =>
        encodeFrame({ opcode, payload, maskingKey: 9 });
      const close = closePayload(1000);
      peer.send(
        concatBytes([
          frame(opcodes.text, utf8Bytes("one")),
          frame(opcodes.text, utf8Bytes("two")),
          frame(opcodes.close, close),
        ]),
      );
      story.run();
      expect(peer.received).toEqual(
        concatBytes([
          encodeFrame({ opcode: opcodes.text, payload: utf8Bytes("echo of one") }),
          encodeFrame({ opcode: opcodes.text, payload: utf8Bytes("echo of two") }),
          encodeFrame({ opcode: opcodes.close, payload: close }),
        ]),
      );
      expect(peer.sawEnd).toBe(true);
    });
  });

  it("that the peer does not answer ends at the deadline, and the transport is dropped [X12] [X16]", () => {
    const peer = new ScriptedPeer();
    const client = new Connection(plainAgreement("client"), { random: sampleRandom() });
    const story = new Simulation({
      names: ["client", "peer"],
      first: { subject: client, deadlines: { closing: 5000 } },
      second: { subject: peer },
    });
    withTranscript(story, () => {
      story.first.do((connection) => connection.sendClose(1000));
      story.run(4999);
      expect(client.state).toBe("close-sent");
      story.run(2);
      expect(client.transportAction).toBe("abort");
      expect(story.first.history).toEqual([
        { at: 5000, event: { type: "end", clean: false, statusCode: 1006, reason: "" } },
      ]);
    });
  });
});

describe("the closing deadline", () => {
  it("is one span from the first Close frame on, however its steps are spread [X12] [X16]", () => {
    const peer = new ScriptedPeer();
    const client = new Connection(plainAgreement("client"), { random: sampleRandom() });
    const story = new Simulation({
      names: ["client", "peer"],
      first: { subject: client, deadlines: { closing: 5000 } },
      second: { subject: peer },
    });
    withTranscript(story, () => {
      story.first.do((connection) => connection.sendClose(1000));
      story.run(4000);
      // The peer replies late, and does not end the transport.
      peer.send(encodeFrame({ opcode: opcodes.close, payload: closePayload(1000) }));
      story.run(500);
      expect(client.transportAction).toBe("await-end");
      story.run(501);
      expect(client.transportAction).toBe("abort");
      // Both Close frames have been exchanged, so the end is clean anyway.
      expect(story.first.history.at(-1)).toEqual({
        at: 5000,
        event: { type: "end", clean: true, statusCode: 1000, reason: "" },
      });
    });
  });
});

describe("a connection", () => {
  it("that is lost ends with 1006 for both, and no Close frame carries that code [X13]", () => {
    const story = openEndpoints({ client: { link }, server: { link } });
    withTranscript(story, () => {
      story.first.do((endpoint) => endpoint.sendText("on its way"));
      story.run(5);
      story.cut();
      story.run(100);
      const end = { type: "end", clean: false, statusCode: 1006, reason: "" };
      expect(afterOpening(story.first.events)).toEqual([end]);
      expect(afterOpening(story.second.events)).toEqual([end]);
      expect(() => story.first.subject.sendText("too late")).toThrow(/transport has ended/);
    });
  });

  it("is failed when a peer breaks a rule, with a Close frame that states the reason, and reads nothing more [X16] [X19]", () => {
    const peer = new ScriptedPeer();
    const story = new Simulation({
      names: ["peer", "server"],
      first: { subject: peer },
      second: { subject: new Connection(plainAgreement("server")), deadlines: {} },
    });
    withTranscript(story, () => {
      peer.send(encodeFrame({ opcode: opcodes.text, payload: utf8Bytes("not masked") }));
      peer.send(encodeFrame({ opcode: opcodes.text, payload: utf8Bytes("masked"), maskingKey: 1 }));
      story.run();
      expect(story.second.events).toMatchObject([
        { type: "failure", violation: { code: "frame/mask-missing", statusCode: 1002, section: "RFC 6455 §5.1" } },
      ]);
      const close = closePayload(1002, "frame/mask-missing");
      expect(peer.received).toEqual(encodeFrame({ opcode: opcodes.close, payload: close }));
      expect(peer.sawEnd).toBe(true);
      // The peer sends nothing more; the server does not wait forever.
      story.run(10_000);
      expect(story.second.events.at(-1)).toEqual({ type: "end", clean: false, statusCode: 1006, reason: "" });
    });
  });
});
