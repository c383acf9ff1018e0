/** RFC 6455 §5.5.1 and §7.4: receiving Close frames, and their status codes. */
import {
  closePayload,
  cutEvery,
  frameFrom,
  framesFrom,
  hexBytes,
  outlineFrames,
  patternBytes,
  peerRole,
  roles,
} from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import {
  clientWith,
  closing,
  deliver,
  expectFailure,
  expectUsageError,
  open,
  sent,
  sentClose,
  serverWith,
} from "../support/connections.ts";

const legalCodes = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999];
const illegalCodes = [
  0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1017, 1100, 1999, 2000, 2999, 5000, 5001, 32_768, 65_535,
];

/** The state after both Close frames, ours being the reply. */
const closedAfter = { server: "end", client: "await-end" } as const;

describe.each(roles)("the Close frame, received by a %s", (role) => {
  it("with a payload of one byte fails the connection with 1002 [X01]", () => {
    for (const byte of ["00", "03", "ff"]) {
      const connection = open(role);
      deliver(connection, { opcode: "text", payload: "whole" });
      const offset = connection.statistics.bytesReceived;
      expectFailure(connection, frameFrom(peerRole(role), { opcode: "close", payload: hexBytes(byte) }), {
        code: "close/payload-truncated",
        section: "RFC 6455 §5.5.1",
        statusCode: 1002,
        offset,
      });
    }
  });

  it("is accepted with exactly the codes 1000-1003, 1007-1014 and 3000-4999, out of 0 to 5000 [X02]", () => {
    const accepted: number[] = [];
    for (let code = 0; code <= 5000; code++) {
      const [event] = deliver(open(role), { opcode: "close", payload: closePayload(code) });
      if (event?.type === "close" && event.statusCode === code) accepted.push(code);
      else expect(event).toMatchObject({ type: "failure", violation: { code: "close/status-code", statusCode: 1002 } });
    }
    const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
    expect(accepted).toEqual([...range(1000, 1003), ...range(1007, 1014), ...range(3000, 4999)]);
  });

  it.each(illegalCodes)("with the code %i fails the connection with 1002 [X02]", (code) => {
    for (const reason of ["", "why"]) {
      expectFailure(open(role), frameFrom(peerRole(role), { opcode: "close", payload: closePayload(code, reason) }), {
        code: "close/status-code",
        section: "RFC 6455 §7.4",
        statusCode: 1002,
        offset: 0,
      });
    }
  });

  it.each(legalCodes)("with the code %i is reported, and gets a Close that echoes it in reply [X02] [X07]", (code) => {
    const connection = open(role);
    expect(deliver(connection, { opcode: "close", payload: closePayload(code, "why") })).toEqual([
      { type: "close", statusCode: code, reason: "why" },
    ]);
    expect(connection.state).toBe("close-received");
    expect(connection.transportAction).toBe("keep");
    // Only a client may send 1010 (§7.4.1), so it is not echoed.
    expect(sentClose(connection)).toEqual({ statusCode: code === 1010 ? 1000 : code, reason: "" });
    expect(connection.state).toBe("closed");
    expect(connection.transportAction).toBe(closedAfter[role]);
    expect(connection.receiveEnd()).toEqual([{ type: "end", clean: true, statusCode: code, reason: "why" }]);
  });

  it.each([
    ["an overlong form", "c080"],
    ["a surrogate", "eda080"],
    ["a lone continuation byte", "61 80"],
    ["a truncated sequence", "e282"],
    ["a code point above U+10FFFF", "f4908080"],
    ["0xff", "ff"],
  ])("with %s in the reason fails the connection with 1007 [X03]", (_, hex) => {
    const wire = frameFrom(peerRole(role), { opcode: "close", payload: closePayload(1000, hexBytes(hex)) });
    expectFailure(open(role), wire, {
      code: "close/reason-utf8",
      section: "RFC 6455 §5.5.1",
      statusCode: 1007,
      offset: 0,
    });
  });

  it.each(["é€𝄞", "\uFEFFbom", "x".repeat(123), "€".repeat(41), "\u0000"])(
    "with the reason %j is reported unchanged [X03]",
    (reason) => {
      const event = { type: "close", statusCode: 3000, reason };
      expect(deliver(open(role), { opcode: "close", payload: closePayload(3000, reason) })).toEqual([event]);
    },
  );

  it("without a payload is reported at the end as 1005, and sent as an empty Close [X06]", () => {
    const connection = open(role);
    expect(deliver(connection, { opcode: "close" })).toEqual([{ type: "close", statusCode: undefined, reason: "" }]);
    expect(sent(connection)).toMatchObject([{ opcode: 0x8, final: true, payload: hexBytes("") }]);
    expect(connection.transportAction).toBe(closedAfter[role]);
    expect(connection.receiveEnd()).toEqual([{ type: "end", clean: true, statusCode: 1005, reason: "" }]);
  });

  it("gets one reply, whatever the application does then [X07]", () => {
    const connection = open(role);
    connection.receive(closing(connection, 1001));
    connection.sendClose(3000, "me too");
    expect(sentClose(connection)).toEqual({ statusCode: 1001, reason: "" });
    connection.sendClose(3000, "again");
    expect(connection.receive(closing(connection, 1001))).toEqual([]);
    expect(connection.takeOutput()).toEqual([]);
    expect(connection.outputLength).toBe(0);
  });

  it("is the last frame read: what follows is discarded, in its chunk and later, and not stored [X09]", () => {
    const connection = open(role);
    const after = [{ opcode: "text", payload: "late" }, { opcode: 0x3 }, { opcode: "ping" }] as const;
    const wire = framesFrom(peerRole(role), { opcode: "text", payload: "early" }, { opcode: "close" }, ...after);
    expect(connection.receive(wire).map(({ type }) => type)).toEqual(["text", "close"]);
    expect(connection.receive(patternBytes(100_000))).toEqual([]);
    expect(connection.receive(closing(connection))).toEqual([]);
    expect(connection.statistics).toMatchObject({ messagesReceived: 1, controlFramesReceived: 1 });
    expect(outlineFrames(sent(connection))).toEqual(["close FIN 0"]);
    expect(connection.receive(hexBytes("ff"))).toEqual([]);
    expect(connection.transportAction).toBe(closedAfter[role]);
  });

  it("is legal within a fragmented message: the message is lost, and nothing fails [X10]", () => {
    for (const delivery of ["messages", "pieces"] as const) {
      const connection = open(role, { delivery });
      const events = deliver(
        connection,
        { opcode: "text", payload: "a", final: false },
        { opcode: "close", payload: closePayload(1000) },
      );
      expect(events.filter(({ type }) => type !== "piece")).toEqual([{ type: "close", statusCode: 1000, reason: "" }]);
      expect(sentClose(connection).statusCode).toBe(1000);
      expect(connection.receiveEnd()).toMatchObject([{ type: "end", clean: true, statusCode: 1000 }]);
    }
  });

  it("has the same effect cut anywhere, and byte by byte [X27]", () => {
    const wire = frameFrom(peerRole(role), { opcode: "close", payload: closePayload(4321, "réason") });
    const outcome = (chunks: readonly Uint8Array[]) => {
      const connection = open(role);
      const events = chunks.flatMap((chunk) => connection.receive(chunk));
      return { events, close: sentClose(connection), state: connection.state, transport: connection.transportAction };
    };
    const whole = outcome([wire.slice()]);
    expect(whole.events).toEqual([{ type: "close", statusCode: 4321, reason: "réason" }]);
    expect(outcome(cutEvery(wire, 1))).toEqual(whole);
    for (let at = 0; at <= wire.length; at++) expect(outcome([wire.slice(0, at), wire.slice(at)])).toEqual(whole);
  });

  it("with a fault fails the same way byte by byte [X27]", () => {
    const wire = frameFrom(peerRole(role), { opcode: "close", payload: closePayload(1005) });
    const connection = open(role);
    for (const chunk of cutEvery(wire, 1).slice(0, -1)) expect(connection.receive(chunk)).toEqual([]);
    expectFailure(connection, wire.slice(-1), { code: "close/status-code", statusCode: 1002, offset: 0 });
  });
});

describe("the code 1010", () => {
  it("may be sent by a client, with the missing extensions as reason; a server reports it like any code [X18]", () => {
    const client = clientWith();
    const server = serverWith();
    client.sendClose(1010, "permessage-deflate");
    const events = client.takeOutput().flatMap((chunk) => server.receive(chunk.slice()));
    expect(events).toEqual([{ type: "close", statusCode: 1010, reason: "permessage-deflate" }]);
    expect(sentClose(server)).toEqual({ statusCode: 1000, reason: "" });
  });

  it("may not be sent by a server, which rejects the opening handshake instead [X18]", () => {
    const server = serverWith();
    expectUsageError(server, "close/client-only", () => server.sendClose(1010, "x"));
  });
});
