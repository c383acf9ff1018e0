/** Connections on a stream of HTTP/2 or HTTP/3 (RFC 8441 §5, RFC 9220 §3): a transport that can be half-closed and reset. */
import { Connection, plainAgreement } from "@hybi/core";
import { encodeFrame, opcodes } from "@hybi/core/frame";
import {
  byteByByte,
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

function stream(link = {}): Simulation<Connection, ScriptedPeer> {
  return new Simulation({
    names: ["client", "server"],
    first: { subject: new Connection(plainAgreement("client"), { random: sampleRandom() }) },
    second: { subject: new ScriptedPeer(), link },
  });
}

const close = encodeFrame({ opcode: opcodes.close, payload: closePayload(1000) });

describe("on an HTTP stream", () => {
  it("a client masks its frames as over TCP, and a server does not [B07]", () => {
    const story = stream();
    withTranscript(story, () => {
      story.first.do((connection) => connection.sendText("masked"));
      story.run();
      expect((story.second.subject.received[1] ?? 0) & 0x80).toBe(0x80);
      story.second.subject.send(encodeFrame({ opcode: opcodes.text, payload: utf8Bytes("not masked") }));
      story.run();
      expect(story.first.events).toEqual([{ type: "text", data: "not masked" }]);
    });
  });

  it("the boundaries of DATA frames do not matter [B09]", () => {
    const story = stream({ chunking: byteByByte });
    withTranscript(story, () => {
      story.second.subject.send(
        concatBytes([
          encodeFrame({ opcode: opcodes.binary, final: false, payload: patternBytes(200) }),
          encodeFrame({ opcode: opcodes.continuation, payload: patternBytes(3) }),
        ]),
      );
      story.run();
      expect(story.first.events).toEqual([{ type: "binary", data: concatBytes([patternBytes(200), patternBytes(3)]) }]);
    });
  });

  it("a server that ends its half with its Close frame still gets one in reply, and the end is clean [B08] [B14]", () => {
    const story = stream();
    const { first: client, second: server } = story;
    withTranscript(story, () => {
      server.subject.send(close);
      server.subject.end();
      story.run();
      expect(client.events).toEqual([
        { type: "close", statusCode: 1000, reason: "" },
        { type: "end", clean: true, statusCode: 1000, reason: "" },
      ]);
      // A masked Close frame that echoes the code, then the end of the client's half.
      expect(server.subject.received).toHaveLength(2 + 4 + 2);
      expect(server.subject.received[0]).toBe(0x88);
      expect(server.subject.sawEnd).toBe(true);
    });
  });

  it("a peer that ends its half without a Close frame ends the connection with 1006 [B08] [X13]", () => {
    const story = stream();
    withTranscript(story, () => {
      story.second.subject.end();
      story.run();
      expect(story.first.events).toEqual([{ type: "end", clean: false, statusCode: 1006, reason: "" }]);
      expect(story.second.subject.sawEnd).toBe(true);
    });
  });

  it("a reset ends the connection with 1006, unless the closing handshake was complete [B08]", () => {
    for (const [complete, clean, statusCode] of [
      [false, false, 1006],
      [true, true, 1000],
    ] as const) {
      const story = stream();
      withTranscript(story, () => {
        story.first.do((connection) => connection.sendClose(1000));
        if (complete) story.second.subject.send(close);
        story.run();
        story.cut();
        story.run();
        expect(story.first.events.at(-1)).toMatchObject({ type: "end", clean, statusCode });
      });
    }
  });
});
