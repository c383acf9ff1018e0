/** Connections in a known state, and assertions about failed ones. */
import { closePayload, frameFrom, peerRole, statusCodeIn, type WrittenFrame } from "@hybi/testing/wire";
import { expect } from "vitest";
import type { RandomSource } from "../../src/bytes/random-source.ts";
import { UsageError, type UsageErrorCode } from "../../src/checks/usage-error.ts";
import type { ConnectionOptions, ConnectionStart } from "../../src/config/connection-config.ts";
import { Connection } from "../../src/connection.ts";
import type { ConnectionEvent } from "../../src/events.ts";
import { plainAgreement } from "../../src/vocabulary/agreement.ts";
import type { Role } from "../../src/vocabulary/terms.ts";
import type { Violation, ViolationCode } from "../../src/vocabulary/violation.ts";
import { type ReadFrame, readFrames } from "./read-frames.ts";

/** A reproducible random source that never repeats 32 bits: a mixed counter. */
export function countingSource(seed = 1): RandomSource {
  let counter = seed;
  return (target) => {
    const words = new DataView(target.buffer, target.byteOffset, target.byteLength);
    for (let at = 0; at + 4 <= target.length; at += 4) words.setUint32(at, Math.imul(counter++, 0x9e37_79b1) >>> 0);
    for (let at = target.length & ~3; at < target.length; at++) target[at] = counter++;
  };
}

/** An open connection in `role`, without subprotocol and extensions. */
export function open(role: Role, options: ConnectionOptions = {}, start?: ConnectionStart): Connection {
  const own = role === "client" ? { random: countingSource(), ...options } : options;
  return new Connection(plainAgreement(role), own, start);
}

/** An open connection of a server. */
export function serverWith(options: ConnectionOptions = {}): Connection {
  return open("server", options);
}

/** An open connection of a client. */
export function clientWith(options: ConnectionOptions = {}): Connection {
  return open("client", options);
}

/** Receives these frames from the peer of `connection`, in one chunk each; returns the events. */
export function deliver(connection: Connection, ...written: WrittenFrame[]): ConnectionEvent[] {
  return written.flatMap((each) => connection.receive(frameFrom(peerRole(connection.role), each)));
}

/** All frames queued for output. */
export function sent(connection: Connection, budget?: number): ReadFrame[] {
  return readFrames(connection.takeOutput(budget));
}

/** The only Close frame in the queued output; throws when there is not exactly one. */
export function sentClose(connection: Connection): { statusCode: number | undefined; reason: string } {
  const closes = sent(connection).filter((each) => each.opcode === 0x8);
  if (closes.length !== 1 || closes[0] === undefined) throw new Error(`${closes.length} Close frames`);
  const { payload } = closes[0];
  return { statusCode: statusCodeIn(payload), reason: new TextDecoder().decode(payload.subarray(2)) };
}

/** The failure that `expectFailure` checks for. */
export interface ExpectedFailure {
  readonly code: ViolationCode;
  /** The status code of the Close frame on the wire. */
  readonly statusCode: number;
  /** Bytes received before the offending one. */
  readonly offset: number;
  readonly section?: string;
  /** Events before the failure: what was received completely before the fault. */
  readonly before?: readonly ConnectionEvent[];
}

/**
 * Checks that `connection` fails when it receives `chunk`: the events before the fault are delivered, then one failure
 * with code and offset; one Close frame with the status code is output, and nothing after it; then the transport is to
 * end, and later input is ignored.
 */
export function expectFailure(connection: Connection, chunk: Uint8Array, expected: ExpectedFailure): Violation {
  const events = connection.receive(chunk);
  const failure = events.at(-1);
  if (failure?.type !== "failure") throw new Error(`no failure, but ${JSON.stringify(events)}`);
  const { code, statusCode, offset } = failure.violation;
  expect({ code, statusCode, offset }).toEqual({
    code: expected.code,
    statusCode: expected.statusCode,
    offset: expected.offset,
  });
  if (expected.section !== undefined) expect(failure.violation.section).toBe(expected.section);
  expect(events.slice(0, -1)).toEqual(expected.before ?? []);
  expect(connection.state).toBe("failing");
  expect(connection.transportAction).toBe("keep");

  const written = sent(connection);
  const last = written.at(-1);
  expect(last && { opcode: last.opcode, statusCode: statusCodeIn(last.payload) }).toEqual({
    opcode: 0x8,
    statusCode: expected.statusCode,
  });
  expect(written.filter((each) => each.opcode === 0x8)).toHaveLength(1);
  expect(connection.state).toBe("failed");
  expect(connection.transportAction).toBe("end");

  const late = [frameFrom(peerRole(connection.role), { opcode: "text", payload: "late" }), closing(connection)];
  expect(late.flatMap((each) => connection.receive(each))).toEqual([]);
  expect(connection.takeOutput()).toEqual([]);
  expect(connection.receiveEnd()).toEqual([{ type: "end", clean: false, statusCode: 1006, reason: "" }]);
  return failure.violation;
}

/** A Close frame from the peer. */
export function closing(connection: Connection, statusCode = 1000, reason = ""): Uint8Array {
  return frameFrom(peerRole(connection.role), { opcode: "close", payload: closePayload(statusCode, reason) });
}

/** Checks that `command` throws the usage error `code`, and changes neither state nor output nor statistics. */
export function expectUsageError(connection: Connection, code: UsageErrorCode, command: () => void): void {
  const snapshot = () => ({
    state: connection.state,
    transport: connection.transportAction,
    outputLength: connection.outputLength,
    statistics: connection.statistics,
  });
  const before = snapshot();
  expect(usageErrorOf(command)).toBe(code);
  expect(snapshot()).toEqual(before);
}

/** The code of the usage error that `command` throws, or undefined when it throws nothing. */
export function usageErrorOf(command: () => void): UsageErrorCode | undefined {
  try {
    command();
  } catch (error) {
    if (error instanceof UsageError) return error.code;
    throw error;
  }
  return undefined;
}
