/** Text that is delivered as bytes is the same text, as valid, and fails in the same places. */
import { Connection, type ConnectionSink, plainAgreement, type Role } from "@hybi/core";
import { arb, cutIntoChunks, describeBytes, peerRole, sampleRandom, scaledRuns } from "@hybi/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** A sink that notes what it gets: text as it was, whichever way it came. */
class Notes implements ConnectionSink {
  readonly takesTextBytes: boolean;
  readonly lines: string[] = [];

  constructor(takesTextBytes: boolean) {
    this.takesTextBytes = takesTextBytes;
  }

  text(data: string): void {
    expect(this.takesTextBytes).toBe(false);
    this.lines.push(`text ${data}`);
  }

  textBytes(bytes: Uint8Array, start: number, end: number): void {
    expect(this.takesTextBytes).toBe(true);
    const data = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(start, end));
    this.lines.push(`text ${data}`);
  }

  binary(bytes: Uint8Array, start: number, end: number): void {
    this.lines.push(`binary ${describeBytes(bytes.subarray(start, end))}`);
  }

  piece(): void {
    throw new Error("pieces were not asked for");
  }

  ping(payload: Uint8Array): void {
    this.lines.push(`ping ${payload.length}`);
  }

  pong(payload: Uint8Array): void {
    this.lines.push(`pong ${payload.length}`);
  }

  close(statusCode: number | undefined, reason: string): void {
    this.lines.push(`close ${statusCode} ${reason}`);
  }

  failure({ code, offset }: Parameters<ConnectionSink["failure"]>[0]): void {
    this.lines.push(`failure ${code} ${offset}`);
  }

  end(): void {}
}

describe.each<Role>(["client", "server"])("a %s", (role) => {
  const peer = peerRole(role);
  it.each([
    ["legal", arb.legalStream(peer).map(({ bytes }) => bytes)],
    ["illegal", arb.illegalStream(peer).map(({ bytes }) => bytes)],
  ] as const)(
    "gets the same text from a stream that is %s, however it is cut, as bytes and as strings",
    (_, streams) => {
      fc.assert(
        fc.property(streams, arb.chunking(), (bytes, where) => {
          const [asString, asBytes] = [false, true].map((takesTextBytes) => {
            const sink = new Notes(takesTextBytes);
            const connection = new Connection(plainAgreement(role), { random: sampleRandom() });
            for (const chunk of cutIntoChunks(bytes, where)) connection.receiveInto(chunk.slice(), sink);
            return sink.lines;
          });
          expect(asBytes).toEqual(asString);
        }),
        scaledRuns(100),
      );
    },
  );
});
