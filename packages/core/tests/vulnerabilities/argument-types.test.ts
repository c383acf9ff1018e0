/**
 * Commands called with values of the wrong type. In JavaScript, a `length` that is not a byte count has led to frames with
 * wrong headers, and to memory of other connections on the wire. So only strings and byte arrays are accepted.
 */
import { roles } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { Connection } from "../../src/connection.ts";
import type { ConnectionEvent } from "../../src/events.ts";
import { ServerHandshake } from "../../src/opening/server-handshake.ts";
import { ProxyHandshake } from "../../src/policy/proxy-handshake.ts";
import { prepareBinary, prepareText } from "../../src/sending/prepared-message.ts";
import { plainAgreement } from "../../src/vocabulary/agreement.ts";
import { countingSource, deliver, expectUsageError, open, usageErrorOf } from "../support/connections.ts";
import { agreeing, rsv2, runLength } from "../support/extensions.ts";
import { client } from "../support/opening.ts";
import { readFrames } from "../support/read-frames.ts";

/** Not bytes, though most have a length. */
const notBytes: readonly (readonly [what: string, value: unknown])[] = [
  ["a number", 100],
  ["a number that is large", 100_000],
  ["a negative number", -1],
  ["NaN", Number.NaN],
  ["a bigint", 5n],
  ["a boolean", true],
  ["null", null],
  ["an object", {}],
  ["an object with a length", { length: 100 }],
  ["an object with a large length", { length: 100_000 }],
  ["an object with a negative length", { length: -5 }],
  ["a list of numbers", [1, 2, 3]],
  ["an ArrayBuffer", new ArrayBuffer(100)],
  ["a large ArrayBuffer", new ArrayBuffer(100_000)],
  ["a DataView", new DataView(new ArrayBuffer(100))],
  ["an array of 16-bit words", new Uint16Array(100)],
  ["a long array of 16-bit words", new Uint16Array(50_000)],
  ["an array of floats", Float64Array.of(1, 2, 3)],
  ["an array of signed bytes", new Int8Array(100)],
  ["an array of big integers", new BigUint64Array(4)],
  ["something that calls itself bytes", { [Symbol.toStringTag]: "Uint8Array", length: 100 }],
  ["a function", () => {}],
  ["a symbol", Symbol("bytes")],
];
const strings: readonly (readonly [what: string, value: unknown])[] = [
  ["a string", "x".repeat(100)],
  ["a long string", "x".repeat(100_000)],
];
const bytesAlone: readonly (readonly [what: string, value: unknown])[] = [["bytes", new Uint8Array(3)]];

/** A connection whose output blocks have contained secret data. */
function withUsedBlocks(role: "client" | "server"): Connection {
  const connection = open(role);
  connection.sendText("secret".repeat(600));
  connection.releaseOutput(connection.takeOutput());
  return connection;
}

describe.each(roles)("a %s, asked to send", (role) => {
  it.each(notBytes)("%s as bytes, throws and sends nothing [V01]", (_, value) => {
    const connection = withUsedBlocks(role);
    const data = value as Uint8Array;
    expectUsageError(connection, "send/data-type", () => connection.sendBinary(data));
    // A control frame takes a text as well, as long as its payload may be.
    const code = typeof value !== "string" ? "send/data-type" : "control/payload-too-long";
    const payload = typeof value !== "string" ? data : "x".repeat(value.length + 100);
    expectUsageError(connection, code, () => connection.sendPing(payload));
    expectUsageError(connection, code, () => connection.sendPong(payload));
    expect(connection.outputLength).toBe(0);
    expect(connection.takeOutput()).toEqual([]);
  });

  it.each(strings)("%s as a binary message, throws and sends nothing [V01]", (_, value) => {
    const connection = withUsedBlocks(role);
    expectUsageError(connection, "send/data-type", () => connection.sendBinary(value as Uint8Array));
    expect(connection.takeOutput()).toEqual([]);
  });

  it.each([...notBytes, ...bytesAlone])("%s as text, throws and sends nothing [V07]", (_, value) => {
    const connection = withUsedBlocks(role);
    const text = value as string;
    expectUsageError(connection, "send/data-type", () => connection.sendText(text));
    expectUsageError(connection, "send/data-type", () => connection.sendClose(1000, text));
    expect(connection.state).toBe("open");
    expect(connection.takeOutput()).toEqual([]);
  });

  it.each(notBytes)("%s as part of a message, throws, and the message continues without it [V07]", (_, value) => {
    const connection = withUsedBlocks(role);
    for (const kind of ["text", "binary"] as const) {
      const stream = connection.startMessage(kind);
      stream.write(Uint8Array.of(0x61));
      expectUsageError(connection, "send/data-type", () => stream.write(value as Uint8Array));
      stream.write(Uint8Array.of(0x62));
      stream.end();
    }
    const sent = readFrames(connection.takeOutput());
    expect(sent.map(({ payload }) => [...payload])).toEqual([
      [0x61, 0x62],
      [0x61, 0x62],
    ]);
  });

  it.each(notBytes)("%s through an extension, throws as well [V07]", (_, value) => {
    const options = { extensions: [runLength()], random: countingSource() };
    const connection = new Connection(agreeing(role, runLength()), options);
    expectUsageError(connection, "send/data-type", () => connection.sendBinary(value as Uint8Array));
    connection.sendBinary(new Uint8Array(3));
    expect(readFrames(connection.takeOutput())).toMatchObject([{ rsv: rsv2, payload: Uint8Array.of(3, 0) }]);
  });

  it("bytes of another realm, sends them", () => {
    const connection = open(role);
    const foreign = Uint8Array.of(1, 2, 3);
    // Like an array from another window or worker: its prototype is not ours.
    Object.setPrototypeOf(foreign, Object.getPrototypeOf(Uint8Array.prototype));
    expect(foreign instanceof Uint8Array).toBe(false);
    connection.sendBinary(foreign);
    connection.sendPing(foreign);
    const sent = readFrames(connection.takeOutput());
    expect(sent.map(({ opcode, payload }) => [opcode, [...payload]])).toEqual([
      [0x9, [1, 2, 3]],
      [0x2, [1, 2, 3]],
    ]);
  });

  it("nothing as a Ping or a Close, sends an empty one", () => {
    const connection = open(role);
    connection.sendPing(undefined);
    connection.sendClose(undefined, undefined);
    expect(readFrames(connection.takeOutput()).map(({ payload }) => payload.length)).toEqual([0, 0]);
  });
});

describe("a prepared message", () => {
  it.each(notBytes)("of %s throws [V07]", (_, value) => {
    expect(usageErrorOf(() => prepareBinary(value as Uint8Array))).toBe("send/data-type");
    expect(usageErrorOf(() => prepareText(value as string))).toBe("send/data-type");
  });
});

describe("input that is not bytes", () => {
  it.each([...notBytes, ...strings])("%s makes connections and handshakes throw, and changes nothing", (_, value) => {
    const chunk = value as Uint8Array;
    for (const role of roles) {
      const connection = new Connection(plainAgreement(role), { random: countingSource() });
      expectUsageError(connection, "endpoint/chunk-type", () => connection.receive(chunk));
      const events: ConnectionEvent[] = deliver(connection, { opcode: "text", payload: "on" });
      expect(events).toEqual([{ type: "text", data: "on" }]);
    }
    for (const handshake of [new ServerHandshake(), client(), new ProxyHandshake({ host: "a", port: 1 })]) {
      expect(usageErrorOf(() => handshake.receive(chunk))).toBe("endpoint/chunk-type");
      expect(handshake.transportAction).toBe("keep");
    }
  });
});
