/** RFC 6455 §7.1.7 and §7.4.1: failing the connection. */
import {
  closePayload,
  concatBytes,
  cutEvery,
  frameFrom,
  framesFrom,
  hexBytes,
  outlineFrames,
  patternBytes,
  peerRole,
  roles,
  statusCodeIn,
  utf8Bytes,
} from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { EventCollector } from "../../src/connection-sink.ts";
import { type ViolationCode, violationTable } from "../../src/vocabulary/violation.ts";
import {
  closing,
  deliver,
  expectFailure,
  expectUsageError,
  open,
  sent,
  sentClose,
  serverWith,
  usageErrorOf,
} from "../support/connections.ts";

/** A fault that applies to both roles: a reserved opcode. */
const fault = (role: (typeof roles)[number]) => frameFrom(peerRole(role), { opcode: 0x3 });

describe("the table of violations", () => {
  const expected: Partial<Record<ViolationCode, number>> = {
    "frame/rsv-unowned": 1002,
    "frame/rsv-misplaced": 1002,
    "frame/opcode-reserved": 1002,
    "frame/control-fragmented": 1002,
    "frame/control-too-long": 1002,
    "frame/continuation-unexpected": 1002,
    "frame/continuation-expected": 1002,
    "frame/mask-missing": 1002,
    "frame/mask-unexpected": 1002,
    "frame/length-not-minimal": 1002,
    "frame/length-sign-bit": 1002,
    "frame/too-big": 1009,
    "message/too-big": 1009,
    "message/encoded-too-big": 1009,
    "message/too-many-fragments": 1008,
    "message/utf8-invalid": 1007,
    "message/utf8-truncated": 1007,
    "close/payload-truncated": 1002,
    "close/status-code": 1002,
    "close/reason-utf8": 1007,
    "extension/data-malformed": 1007,
    "extension/data-truncated": 1007,
    "deadline/pong": 1011,
    "deadline/message": 1008,
    "deadline/control-flood": 1008,
  };

  it("uses 1009 for too big, 1007 for invalid UTF-8, and 1002 for protocol errors [X19]", () => {
    const rows = Object.entries(violationTable).filter(([, row]) => row.statusCode !== undefined);
    expect(Object.fromEntries(rows.map(([code, row]) => [code, row.statusCode]))).toEqual(expected);
  });

  it("has a sentence and a section for every violation, and codes short enough for the reason of a Close frame", () => {
    for (const [code, row] of Object.entries(violationTable)) {
      expect(row.message).toMatch(/^[A-Z:].*\.$/);
      expect(row.section).toMatch(/^(RFC \d+ §[\d.]+|WebSockets Standard §\d+)$/);
      expect(code.length).toBeLessThanOrEqual(123);
    }
  });
});

describe.each(roles)("failing the connection, by a %s", (role) => {
  it("sends a Close with the code of the fault and its name as reason, then ends the transport [X16]", () => {
    const connection = open(role);
    const [event] = connection.receive(fault(role));
    expect(event).toEqual({
      type: "failure",
      violation: {
        code: "frame/opcode-reserved",
        message: "A frame has a reserved opcode.",
        section: "RFC 6455 §5.2",
        statusCode: 1002,
        httpStatus: undefined,
        offset: 0,
        firstByte: fault(role)[0],
      },
    });
    expect([connection.state, connection.transportAction]).toEqual(["failing", "keep"]);
    expect(sentClose(connection)).toEqual({ statusCode: 1002, reason: "frame/opcode-reserved" });
    expect([connection.state, connection.transportAction]).toEqual(["failed", "end"]);
  });

  it("delivers what was received completely before the fault, and nothing of its chunk after it [X16]", () => {
    const connection = open(role);
    const before = framesFrom(peerRole(role), { opcode: "text", payload: "a" }, { opcode: "pong", payload: "b" });
    const after = frameFrom(peerRole(role), { opcode: "text", payload: "c" });
    expectFailure(connection, concatBytes([before, fault(role), after]), {
      code: "frame/opcode-reserved",
      statusCode: 1002,
      offset: before.length,
      before: [
        { type: "text", data: "a" },
        { type: "pong", payload: utf8Bytes("b") },
      ],
    });
  });

  it("reads nothing any more, neither a Close nor another fault [X16]", () => {
    const connection = open(role);
    connection.receive(fault(role));
    for (const chunk of [closing(connection), fault(role), patternBytes(1000), new Uint8Array(0)]) {
      expect(connection.receive(chunk)).toEqual([]);
    }
    expect(connection.receiveEnd()).toEqual([{ type: "end", clean: false, statusCode: 1006, reason: "" }]);
  });

  it("finds the same fault at the same offset however the bytes are cut [X16]", () => {
    const before = framesFrom(peerRole(role), { opcode: "binary", payload: patternBytes(300) }, { opcode: "ping" });
    const wire = concatBytes([before, fault(role)]);
    for (const size of [1, 2, 3, 5, 7, 100]) {
      const events = ((connection) => cutEvery(wire, size).flatMap((chunk) => connection.receive(chunk)))(open(role));
      expect(events.map(({ type }) => type)).toEqual(["binary", "ping", "failure"]);
      expect(events[2]).toMatchObject({ violation: { code: "frame/opcode-reserved", offset: before.length } });
    }
  });

  it("counts offsets from the start of the transport, given the number of bytes before [X16]", () => {
    const connection = open(role, {}, { offset: 129 });
    expectFailure(connection, fault(role), { code: "frame/opcode-reserved", statusCode: 1002, offset: 129 });
  });

  it("sends no second Close after ours was taken, and ends the transport at once [X16] [X07]", () => {
    const connection = open(role);
    connection.sendClose(1000);
    sent(connection);
    expect(connection.receive(fault(role)).map(({ type }) => type)).toEqual(["failure"]);
    expect([connection.state, connection.transportAction]).toEqual(["failed", "end"]);
    expect(connection.takeOutput()).toEqual([]);
    expect(connection.outputLength).toBe(0);
  });

  it("replaces our queued Close with one that states the reason [X16] [X07]", () => {
    const connection = open(role);
    connection.sendClose(1000, "a reason that is longer than the other one");
    connection.receive(fault(role));
    expect(sentClose(connection)).toEqual({ statusCode: 1002, reason: "frame/opcode-reserved" });
    expect(connection.outputLength).toBe(0);
  });

  it("sends short messages first, and drops what exceeds 1 MiB [X16] [X24]", () => {
    const connection = open(role);
    connection.sendText("short");
    connection.sendBinary(new Uint8Array(10_000_000));
    connection.receive(fault(role));
    expect(outlineFrames(sent(connection))).toEqual(["text FIN 5", "close FIN 23"]);
  });

  it("lets the application respond to what arrived before the fault, until the Close is taken [X16]", () => {
    const connection = open(role);
    deliver(connection, { opcode: "text", payload: "question" });
    connection.receive(fault(role));
    connection.sendText("answer");
    expect(outlineFrames(sent(connection))).toEqual(["text FIN 6", "close FIN 23"]);
    expectUsageError(connection, "send/after-close", () => connection.sendText("too late"));
    connection.sendClose(1000);
    expect(connection.takeOutput()).toEqual([]);
  });

  it("is bounded by the closing deadline [X16]", () => {
    const connection = open(role);
    connection.receive(fault(role));
    connection.expire("closing");
    expect(connection.transportAction).toBe("abort");
  });

  it("works the same for a deadline: pong with 1011, control-flood with 1008 [X16] [X19]", () => {
    for (const [reason, statusCode] of [
      ["pong", 1011],
      ["control-flood", 1008],
    ] as const) {
      const connection = open(role, {}, { offset: 7 });
      deliver(connection, { opcode: "text", payload: "x" });
      const offset = 7 + connection.statistics.bytesReceived;
      const code = `deadline/${reason}` as const;
      expect(connection.expire(reason)).toMatchObject([{ type: "failure", violation: { code, statusCode, offset } }]);
      expect(sentClose(connection)).toEqual({ statusCode, reason: code });
      expect(connection.transportAction).toBe("end");
      expect(connection.expire(reason)).toEqual([]);
      expect(deliver(connection, { opcode: "text", payload: "late" })).toEqual([]);
    }
  });

  it("by the stalled deadline drops the transport without a Close frame, which would not be read [R16]", () => {
    for (const before of ["open", "closing", "close-sent"] as const) {
      const connection = open(role, {}, { offset: 7 });
      deliver(connection, { opcode: "text", payload: "x" });
      connection.sendText("waits");
      if (before !== "open") connection.sendClose(1000);
      if (before === "close-sent") sent(connection);
      expect(connection.state).toBe(before);
      const offset = 7 + connection.statistics.bytesReceived;
      const { outputLength } = connection;
      expect(connection.expire("stalled")).toMatchObject([
        { type: "failure", violation: { code: "deadline/stalled", statusCode: undefined, offset } },
      ]);
      expect([connection.state, connection.transportAction]).toEqual(["failed", "abort"]);
      expect(connection.expire("stalled")).toEqual([]);
      expect(connection.outputLength).toBe(outputLength);
      expect(deliver(connection, { opcode: "text", payload: "late" })).toEqual([]);
      expect(connection.receiveEnd()).toMatchObject([{ type: "end", clean: false, statusCode: 1006 }]);
    }
  });

  it("does not happen when output stalls after the peer's Close or our failure: the transport is dropped [R16]", () => {
    for (const chunk of [closing(open(role)), fault(role)]) {
      const connection = open(role);
      connection.receive(chunk.slice());
      const { state } = connection;
      expect(connection.expire("stalled")).toEqual([]);
      expect([connection.state, connection.transportAction]).toEqual([state, "abort"]);
    }
  });

  it("does not happen by a deadline after the peer's Close [X16]", () => {
    const connection = open(role);
    connection.receive(closing(connection));
    expect(connection.expire("pong")).toEqual([]);
    expect(connection.expire("control-flood")).toEqual([]);
    expect(connection.state).toBe("close-received");
  });

  it("does not happen by the idle deadline, which starts a closing handshake with 1001", () => {
    const connection = open(role);
    expect(connection.expire("idle")).toEqual([]);
    expect(connection.state).toBe("closing");
    expect(sentClose(connection)).toEqual({ statusCode: 1001, reason: "idle" });
    expect(connection.expire("idle")).toEqual([]);
    expect(connection.expire("ping")).toEqual([]);
    expect(connection.takeOutput()).toEqual([]);
  });

  it("does not require output to be taken before: no input is lost or repeated [X16]", () => {
    const connection = open(role);
    deliver(connection, { opcode: "ping", payload: "p" });
    connection.receive(fault(role));
    const written = sent(connection);
    expect(outlineFrames(written)).toEqual(["pong FIN 1", "close FIN 23"]);
    expect(statusCodeIn(written[1]?.payload ?? hexBytes(""))).toBe(1002);
  });
});

describe("receiveInto", () => {
  it("passes to a sink what receive returns as events, in the same order", () => {
    const wire = framesFrom(
      "client",
      { opcode: "text", payload: "t" },
      { opcode: "binary", payload: "b" },
      { opcode: "ping", payload: "i" },
      { opcode: "pong", payload: "o" },
      { opcode: "close", payload: closePayload(3000, "c") },
    );
    const collector = new EventCollector();
    serverWith().receiveInto(wire.slice(), collector);
    expect(collector.events).toEqual(serverWith().receive(wire.slice()));
    expect(collector.events.map(({ type }) => type)).toEqual(["text", "binary", "ping", "pong", "close"]);
  });

  it("allows commands from inside the sink, which queue output", () => {
    const server = serverWith();
    class Echo extends EventCollector {
      override text(data: string): void {
        server.sendText(data);
      }
    }
    server.receiveInto(
      framesFrom("client", { opcode: "text", payload: "a" }, { opcode: "text", payload: "b" }),
      new Echo(),
    );
    expect(sent(server).map(({ payload }) => payload)).toEqual([utf8Bytes("a"), utf8Bytes("b")]);
  });

  it.each(["receive", "receiveEnd", "expire"] as const)(
    "throws for %s from inside the sink, and continues",
    (input) => {
      const server = serverWith();
      const refused: unknown[] = [];
      class Nested extends EventCollector {
        override text(data: string): void {
          super.text(data);
          refused.push(
            usageErrorOf(() => {
              if (input === "receive") server.receive(hexBytes("ff"));
              else if (input === "receiveEnd") server.receiveEnd();
              else server.expire("closing");
            }),
          );
        }
      }
      const sink = new Nested();
      server.receiveInto(
        framesFrom("client", { opcode: "text", payload: "a" }, { opcode: "text", payload: "b" }),
        sink,
      );
      expect(refused).toEqual(["endpoint/reentrant", "endpoint/reentrant"]);
      expect(sink.events).toHaveLength(2);
      expect([server.state, server.transportAction]).toEqual(["open", "keep"]);
    },
  );

  it("rethrows what the sink throws, and reads nothing more; a deadline then fails the connection", () => {
    const server = serverWith();
    class Throwing extends EventCollector {
      override text(): void {
        throw new Error("of the caller's");
      }
    }
    const wire = framesFrom("client", { opcode: "text", payload: "a" }, { opcode: "text", payload: "b" });
    expect(() => server.receiveInto(wire, new Throwing())).toThrow("of the caller's");
    expect(deliver(server, { opcode: "text", payload: "c" })).toEqual([]);
    server.sendText("still");
    expect(outlineFrames(sent(server))).toEqual(["text FIN 5"]);
    expect(server.expire("pong")).toMatchObject([{ type: "failure", violation: { code: "deadline/pong" } }]);
    expect(sentClose(server).statusCode).toBe(1011);
  });
});
