/** RFC 6455 §5.5.1 and §7: the closing handshake. */
import { describe, expect, it } from "vitest";
import type { Connection } from "../../src/connection.ts";
import { bytes, concat, cut, patterned, utf8 } from "../support/bytes.ts";
import {
  clientWith,
  closing,
  deliver,
  expectFailure,
  expectUsageError,
  open,
  peerOf,
  roles,
  sent,
  sentClose,
  serverWith,
  usageErrorOf,
} from "../support/connections.ts";
import { closeBody, frame, frames, outline } from "../support/wire.ts";

const legalCodes = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999];
const illegalCodes = [
  0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1017, 1100, 1999, 2000, 2999, 5000, 5001, 32_768, 65_535,
];

/** Both Close frames have passed, ours being the answer. */
const closedAfter = { server: "end", client: "await-end" } as const;

describe.each(roles)("the Close frame, received by a %s", (role) => {
  it("with a payload of one byte fails the connection with 1002 [X01]", () => {
    for (const byte of ["00", "03", "ff"]) {
      const connection = open(role);
      deliver(connection, { opcode: "text", payload: "whole" });
      const offset = connection.statistics.bytesReceived;
      expectFailure(connection, frame(peerOf(role), { opcode: "close", payload: bytes(byte) }), {
        code: "close/payload-truncated",
        section: "RFC 6455 §5.5.1",
        statusCode: 1002,
        offset,
      });
    }
  });

  it("is accepted with exactly the codes 1000-1003, 1007-1014 and 3000-4999, of all from 0 to 5000 [X02]", () => {
    const accepted: number[] = [];
    for (let code = 0; code <= 5000; code++) {
      const [event] = deliver(open(role), { opcode: "close", payload: closeBody(code) });
      if (event?.type === "close" && event.statusCode === code) accepted.push(code);
      else expect(event).toMatchObject({ type: "failure", violation: { code: "close/status-code", statusCode: 1002 } });
    }
    const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
    expect(accepted).toEqual([...range(1000, 1003), ...range(1007, 1014), ...range(3000, 4999)]);
  });

  it.each(illegalCodes)("with the code %i fails the connection with 1002 [X02]", (code) => {
    for (const reason of ["", "why"]) {
      expectFailure(open(role), frame(peerOf(role), { opcode: "close", payload: closeBody(code, reason) }), {
        code: "close/status-code",
        section: "RFC 6455 §7.4",
        statusCode: 1002,
        offset: 0,
      });
    }
  });

  it.each(legalCodes)("with the code %i is reported, and answered by one that echoes it [X02] [X07]", (code) => {
    const connection = open(role);
    expect(deliver(connection, { opcode: "close", payload: closeBody(code, "why") })).toEqual([
      { type: "close", statusCode: code, reason: "why" },
    ]);
    expect(connection.state).toBe("close-received");
    expect(connection.transport).toBe("keep");
    // 1010 is a client's to send (§7.4.1): nobody echoes it.
    expect(sentClose(connection)).toEqual({ statusCode: code === 1010 ? 1000 : code, reason: "" });
    expect(connection.state).toBe("closed");
    expect(connection.transport).toBe(closedAfter[role]);
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
    const wire = frame(peerOf(role), { opcode: "close", payload: closeBody(1000, bytes(hex)) });
    expectFailure(open(role), wire, {
      code: "close/reason-utf8",
      section: "RFC 6455 §5.5.1",
      statusCode: 1007,
      offset: 0,
    });
  });

  it.each(["é€𝄞", "\uFEFFbom", "x".repeat(123), "€".repeat(41), "\u0000"])(
    "with the reason %j is reported as it is [X03]",
    (reason) => {
      const event = { type: "close", statusCode: 3000, reason };
      expect(deliver(open(role), { opcode: "close", payload: closeBody(3000, reason) })).toEqual([event]);
    },
  );

  it("that is empty has no code: 1005 to the application at the end, an empty Close on the wire [X06]", () => {
    const connection = open(role);
    expect(deliver(connection, { opcode: "close" })).toEqual([{ type: "close", statusCode: undefined, reason: "" }]);
    expect(sent(connection)).toMatchObject([{ opcode: 0x8, final: true, payload: bytes("") }]);
    expect(connection.transport).toBe(closedAfter[role]);
    expect(connection.receiveEnd()).toEqual([{ type: "end", clean: true, statusCode: 1005, reason: "" }]);
  });

  it("is answered once, whatever the application does then [X07]", () => {
    const connection = open(role);
    connection.receive(closing(connection, 1001));
    connection.sendClose(3000, "me too");
    expect(sentClose(connection)).toEqual({ statusCode: 1001, reason: "" });
    connection.sendClose(3000, "again");
    expect(connection.receive(closing(connection, 1001))).toEqual([]);
    expect(connection.takeOutput()).toEqual([]);
    expect(connection.outputLength).toBe(0);
  });

  it("is the last that is read: what follows is discarded, in its chunk and after, and kept nowhere [X09]", () => {
    const connection = open(role);
    const after = [{ opcode: "text", payload: "late" }, { opcode: 0x3 }, { opcode: "ping" }] as const;
    const wire = frames(peerOf(role), { opcode: "text", payload: "early" }, { opcode: "close" }, ...after);
    expect(connection.receive(wire).map(({ type }) => type)).toEqual(["text", "close"]);
    expect(connection.receive(patterned(100_000))).toEqual([]);
    expect(connection.receive(closing(connection))).toEqual([]);
    expect(connection.statistics).toMatchObject({ messagesReceived: 1, controlFramesReceived: 1 });
    expect(outline(sent(connection))).toEqual(["close FIN 0"]);
    expect(connection.receive(bytes("ff"))).toEqual([]);
    expect(connection.transport).toBe(closedAfter[role]);
  });

  it("within a fragmented message is legal: the message is lost, and nothing fails [X10]", () => {
    for (const delivery of ["messages", "fragments"] as const) {
      const connection = open(role, { delivery });
      const events = deliver(
        connection,
        { opcode: "text", payload: "a", final: false },
        { opcode: "close", payload: closeBody(1000) },
      );
      expect(events.filter(({ type }) => type !== "fragment")).toEqual([
        { type: "close", statusCode: 1000, reason: "" },
      ]);
      expect(sentClose(connection).statusCode).toBe(1000);
      expect(connection.receiveEnd()).toMatchObject([{ type: "end", clean: true, statusCode: 1000 }]);
    }
  });

  it("cut anywhere, and byte by byte, does the same [X27]", () => {
    const wire = frame(peerOf(role), { opcode: "close", payload: closeBody(4321, "réason") });
    const outcome = (chunks: readonly Uint8Array[]) => {
      const connection = open(role);
      const events = chunks.flatMap((chunk) => connection.receive(chunk));
      return { events, close: sentClose(connection), state: connection.state, transport: connection.transport };
    };
    const whole = outcome([wire.slice()]);
    expect(whole.events).toEqual([{ type: "close", statusCode: 4321, reason: "réason" }]);
    expect(outcome(cut(wire, 1))).toEqual(whole);
    for (let at = 0; at <= wire.length; at++) expect(outcome([wire.slice(0, at), wire.slice(at)])).toEqual(whole);
  });

  it("with a fault, cut byte by byte, fails the same way [X27]", () => {
    const wire = frame(peerOf(role), { opcode: "close", payload: closeBody(1005) });
    const connection = open(role);
    for (const chunk of cut(wire, 1).slice(0, -1)) expect(connection.receive(chunk)).toEqual([]);
    expectFailure(connection, wire.slice(-1), { code: "close/status-code", statusCode: 1002, offset: 0 });
  });
});

describe.each(roles)("sendClose of a %s", (role) => {
  it("takes reasons of up to 123 bytes of UTF-8, and refuses longer ones whole instead of cutting them [X04]", () => {
    for (const reason of ["x".repeat(123), `${"€".repeat(41)}`, `x${"é".repeat(61)}`, `${"𝄞".repeat(30)}abc`]) {
      const connection = open(role);
      connection.sendClose(1000, reason);
      expect(sentClose(connection)).toEqual({ statusCode: 1000, reason });
    }
    for (const reason of [
      "x".repeat(124),
      "€".repeat(42),
      "é".repeat(62),
      `${"𝄞".repeat(30)}abcd`,
      "x".repeat(100_000),
    ]) {
      const connection = open(role);
      expectUsageError(connection, "close/reason-too-long", () => connection.sendClose(1000, reason));
    }
  });

  it("counts a lone surrogate in the reason as the three bytes of U+FFFD [X04]", () => {
    const connection = open(role);
    connection.sendClose(1000, "\ud800".repeat(41));
    expect(sentClose(connection).reason).toBe("\ufffd".repeat(41));
    expect(usageErrorOf(() => open(role).sendClose(1000, "\ud800".repeat(42)))).toBe("close/reason-too-long");
  });

  it("sends exactly the codes that may stand on the wire, and refuses all others before anything changes [X05] [X25]", () => {
    for (const code of legalCodes) {
      const connection = open(role);
      if (code === 1010 && role === "server") {
        expectUsageError(connection, "close/client-only", () => connection.sendClose(1010));
        continue;
      }
      connection.sendClose(code);
      expect(sentClose(connection)).toEqual({ statusCode: code, reason: "" });
    }
    const numbers = [Number.NaN, Number.POSITIVE_INFINITY, -1000, 1000.5, 65_536 + 1000, 2 ** 32 + 1000, 1e300];
    for (const code of [...illegalCodes, ...numbers]) {
      const connection = open(role);
      expectUsageError(connection, "close/status-code", () => connection.sendClose(code));
      expect(connection.takeOutput()).toEqual([]);
    }
  });

  it("refuses a reason without a code, and sends an empty Close without either [X25]", () => {
    const connection = open(role);
    expectUsageError(connection, "close/reason-without-code", () => connection.sendClose(undefined, "why"));
    connection.sendClose();
    expect(sent(connection)).toMatchObject([{ opcode: 0x8, payload: bytes("") }]);
  });

  it("ends what the application may send: messages, Pings and Pongs throw, and nothing of them leaves [X08]", () => {
    const connection = open(role);
    const stream = connection.startMessage("text");
    connection.sendClose(1000);
    const commands: (() => void)[] = [
      () => connection.sendText("x"),
      () => connection.sendBinary(utf8("x")),
      () => connection.startMessage("text"),
      () => connection.sendPing(),
      () => connection.sendPong(),
      () => stream.write("x"),
      () => stream.end(),
    ];
    for (const command of commands) expectUsageError(connection, "send/after-close", command);
    expect(outline(sent(connection))).toEqual(["close FIN 2"]);
    for (const command of commands) expectUsageError(connection, "send/after-close", command);
    expect(connection.takeOutput()).toEqual([]);
  });

  it("sends what was sent before it first, and no data frame after it [X08]", () => {
    const connection = open(role);
    connection.sendText("first");
    connection.sendBinary(patterned(10_000));
    connection.sendClose(1000);
    expect(outline(sent(connection))).toEqual(["text FIN 5", "binary FIN 10000", "close FIN 2"]);
  });

  it("called twice sends one Close, the first [X07]", () => {
    const connection = open(role);
    connection.sendClose(1000, "first");
    connection.sendClose(3000, "second");
    expect(sentClose(connection)).toEqual({ statusCode: 1000, reason: "first" });
    connection.sendClose(3000, "third");
    expect(connection.takeOutput()).toEqual([]);
  });

  it("goes through closing, close-sent and closed; the server then ends the transport, the client waits for it [X12]", () => {
    const connection = open(role);
    connection.sendClose(3000, "bye");
    expect([connection.state, connection.transport]).toEqual(["closing", "keep"]);
    sent(connection);
    expect([connection.state, connection.transport]).toEqual(["close-sent", "keep"]);
    expect(deliver(connection, { opcode: "text", payload: "under way" })).toEqual([
      { type: "text", data: "under way" },
    ]);
    expect(connection.receive(closing(connection, 3000))).toEqual([{ type: "close", statusCode: 3000, reason: "" }]);
    expect([connection.state, connection.transport]).toEqual(["closed", closedAfter[role]]);
    expect(connection.takeOutput()).toEqual([]);
    expect(connection.receiveEnd()).toEqual([{ type: "end", clean: true, statusCode: 3000, reason: "" }]);
    expect([connection.state, connection.transport]).toEqual(["ended", "end"]);
  });
});

describe.each(roles)("the end of the transport, for a %s", (role) => {
  const endOf = (connection: Connection) => connection.receiveEnd();

  it("without a Close is 1006 and not clean, and 1006 is never sent [X13]", () => {
    const connection = open(role);
    connection.sendText("queued");
    expect(endOf(connection)).toEqual([{ type: "end", clean: false, statusCode: 1006, reason: "" }]);
    expect(outline(sent(connection))).toEqual(["text FIN 6"]);
    expect([connection.state, connection.transport]).toEqual(["ended", "end"]);
  });

  it("after our Close alone is 1006 and not clean [X13]", () => {
    for (const take of [true, false]) {
      const connection = open(role);
      connection.sendClose(1000, "mine");
      if (take) sent(connection);
      expect(endOf(connection)).toEqual([{ type: "end", clean: false, statusCode: 1006, reason: "" }]);
    }
  });

  it("within a frame, a header or a message is 1006, and nothing of it is delivered [X13]", () => {
    const wire = frames(
      peerOf(role),
      { opcode: "text", payload: "abc", final: false },
      { opcode: "continuation", payload: "d" },
    );
    for (let at = 1; at < wire.length; at++) {
      const connection = open(role);
      expect(connection.receive(wire.slice(0, at))).toEqual([]);
      expect(endOf(connection)).toEqual([{ type: "end", clean: false, statusCode: 1006, reason: "" }]);
    }
  });

  it("after both Close frames is clean, with the peer's code and reason [X14]", () => {
    const connection = open(role);
    connection.receive(closing(connection, 4000, "theirs"));
    sent(connection);
    expect(endOf(connection)).toEqual([{ type: "end", clean: true, statusCode: 4000, reason: "theirs" }]);
  });

  it("after the peer's Close, with ours still on its way, is clean too, and ours can be written [X14]", () => {
    const connection = open(role);
    connection.receive(closing(connection, 4000, "theirs"));
    expect(endOf(connection)).toEqual([{ type: "end", clean: true, statusCode: 4000, reason: "theirs" }]);
    expect(sentClose(connection).statusCode).toBe(4000);
    expect(connection.state).toBe("ended");
  });

  it("is told once: nothing follows it, whatever comes [X14]", () => {
    const connection = open(role);
    expect(endOf(connection)).toHaveLength(1);
    expect(endOf(connection)).toEqual([]);
    expect(deliver(connection, { opcode: "text", payload: "x" })).toEqual([]);
    expect(connection.receive(bytes("ffffffff"))).toEqual([]);
    for (const reason of ["opening", "closing", "ping", "pong", "idle", "control-flood"] as const) {
      expect(connection.expire(reason)).toEqual([]);
    }
    connection.sendClose(1000);
    expect(connection.takeOutput()).toEqual([]);
    expectUsageError(connection, "endpoint/ended", () => connection.sendText("x"));
    expectUsageError(connection, "endpoint/ended", () => connection.sendPing());
    expect(connection.transport).toBe("end");
  });

  it.each([
    { taken: false, state: "close-received", wire: 3333 },
    { taken: true, state: "closed", wire: 3333 },
  ])("when both sent Close at once (ours taken: $taken) reports the received code [X15]", ({ taken, state, wire }) => {
    const connection = open(role);
    connection.sendClose(wire, "ours");
    if (taken) expect(sentClose(connection)).toEqual({ statusCode: wire, reason: "ours" });
    expect(connection.receive(closing(connection, 4444, "theirs"))).toEqual([
      { type: "close", statusCode: 4444, reason: "theirs" },
    ]);
    expect(connection.state).toBe(state);
    // Ours goes as it was: it was not an answer, and there is one of each.
    if (!taken) expect(sentClose(connection)).toEqual({ statusCode: wire, reason: "ours" });
    expect(connection.takeOutput()).toEqual([]);
    expect(connection.transport).toBe(closedAfter[role]);
    expect(endOf(connection)).toEqual([{ type: "end", clean: true, statusCode: 4444, reason: "theirs" }]);
  });
});

describe("the code 1010", () => {
  it("is a client's to send, with the missing extensions as reason; a server gets it as any code [X18]", () => {
    const client = clientWith();
    const server = serverWith();
    client.sendClose(1010, "permessage-deflate");
    const events = client.takeOutput().flatMap((chunk) => server.receive(chunk.slice()));
    expect(events).toEqual([{ type: "close", statusCode: 1010, reason: "permessage-deflate" }]);
    expect(sentClose(server)).toEqual({ statusCode: 1000, reason: "" });
  });

  it("is refused to a server, which fails the opening handshake instead [X18]", () => {
    const server = serverWith();
    expectUsageError(server, "close/client-only", () => server.sendClose(1010, "x"));
  });
});

describe("the answer to a Close, while messages wait", () => {
  it("comes after the messages that can leave within 1 MiB, in order [X11]", () => {
    const server = serverWith();
    server.sendText("small");
    server.sendBinary(patterned(1_000_000));
    deliver(server, { opcode: "close", payload: closeBody(1000) });
    const written = outline(sent(server));
    expect(written[0]).toBe("text FIN 5");
    expect(written.filter((line) => line.startsWith("binary") || line.startsWith("continuation"))).toHaveLength(16);
    expect(written.at(-2)).toMatch(/^continuation FIN/);
    expect(written.at(-1)).toBe("close FIN 2");
  });

  it("does not wait for a message of 100 MB, begun or not: it is dropped, and the Close comes next [X11] [X24]", () => {
    for (const begun of [true, false]) {
      const server = serverWith();
      server.sendBinary(new Uint8Array(100_000_000));
      if (begun) expect(outline(sent(server, 1000))).toEqual(["binary 1024"]);
      deliver(server, { opcode: "close", payload: closeBody(1000) });
      expect(outline(sent(server))).toEqual(["close FIN 2"]);
      expect(server.outputLength).toBe(0);
      expect(server.transport).toBe("end");
    }
  });

  it("finishes the message that has begun when what is left of it is within 1 MiB [X11]", () => {
    const server = serverWith({ fragmentSize: 1_000_000 });
    server.sendBinary(patterned(2_000_000));
    expect(outline(sent(server, 1_000_000))).toEqual(["binary 1000000"]);
    deliver(server, { opcode: "close" });
    expect(outline(sent(server))).toEqual(["continuation FIN 1000000", "close FIN 0"]);
  });

  it("is bounded by the closing deadline: then the transport is dropped [X11] [X12]", () => {
    const server = serverWith();
    server.sendBinary(patterned(1_000_000));
    deliver(server, { opcode: "close" });
    expect(server.expire("closing")).toEqual([]);
    expect(server.transport).toBe("abort");
    expect(deliver(server, { opcode: "text", payload: "late" })).toEqual([]);
    expect(server.receiveEnd()).toMatchObject([{ type: "end" }]);
    expect(server.transport).toBe("abort");
  });

  it.each(roles)(
    "the %s may still send, until its Close is taken, what answers the messages that came before the peer's [X11]",
    (role) => {
      const connection = open(role);
      deliver(connection, { opcode: "text", payload: "question" }, { opcode: "close", payload: closeBody(1000) });
      connection.sendText("answer");
      expect(outline(sent(connection))).toEqual(["text FIN 6", "close FIN 2"]);
      expectUsageError(connection, "send/after-close", () => connection.sendText("too late"));
      expect(connection.takeOutput()).toEqual([]);
    },
  );

  it("a message that is being streamed when the peer's Close comes may be ended before our Close is taken [X11]", () => {
    const server = serverWith();
    const stream = server.startMessage("text");
    stream.write("be");
    expect(outline(sent(server))).toEqual(["text 2"]);
    deliver(server, { opcode: "close" });
    stream.write("gun");
    stream.end();
    expect(outline(sent(server))).toEqual(["continuation FIN 3", "close FIN 0"]);
  });

  it("a message that is still being streamed when our Close is taken is lost, which is legal [X10] [X11]", () => {
    const server = serverWith();
    const stream = server.startMessage("text");
    stream.write("be");
    expect(outline(sent(server))).toEqual(["text 2"]);
    deliver(server, { opcode: "close" });
    stream.write("gun");
    expect(outline(sent(server))).toEqual(["close FIN 0"]);
    expectUsageError(server, "send/after-close", () => stream.end());
  });
});

describe("afterMessages: false", () => {
  it.each(roles)("lets the Close of the %s overtake a message of 100 MB [X24]", (role) => {
    const connection = open(role);
    connection.sendText("small");
    connection.sendBinary(new Uint8Array(100_000_000));
    connection.sendText("behind it");
    connection.sendClose(1001, "going", { afterMessages: false });
    expect(outline(sent(connection))).toEqual(["text FIN 5", "close FIN 7"]);
    expect([connection.state, connection.outputLength]).toEqual(["close-sent", 0]);
  });

  it("a Close that waits for 100 MB is brought forward by the peer's [X24] [X15]", () => {
    const server = serverWith();
    server.sendBinary(new Uint8Array(100_000_000));
    server.sendClose(3000, "mine");
    expect(outline(sent(server, 1))).toEqual(["binary 1024"]);
    server.receive(closing(server, 1001));
    expect(outline(sent(server))).toEqual(["close FIN 6"]);
    expect(server.state).toBe("closed");
  });

  it("what leaves before it is bounded: short messages of about 1 MiB, not all of them [X24]", () => {
    const server = serverWith();
    for (let index = 0; index < 2000; index++) server.sendBinary(patterned(1024));
    server.sendClose(1000, "", { afterMessages: false });
    const length = concat(server.takeOutput()).length;
    expect(length).toBeGreaterThan(1_000_000);
    expect(length).toBeLessThan(1_048_576 + 2048);
  });
});
