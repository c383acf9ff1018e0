/** Text that is sent as UTF-8 is the same on the wire as text that is sent as a string, but for where it is cut into fragments. */
import { Connection, type ConnectionOptions, plainAgreement, type Role, UsageError } from "@hybi/core";
import { concatBytes, peerRole, sampleRandom, scaledRuns, utf8Bytes } from "@hybi/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** What a peer receives of what `send` does. */
function received(
  role: Role,
  options: ConnectionOptions,
  send: (connection: Connection) => unknown,
): readonly unknown[] {
  const sender = new Connection(plainAgreement(role), { random: sampleRandom(), ...options });
  const result = send(sender);
  const peer = new Connection(plainAgreement(peerRole(role)), { random: sampleRandom() });
  return [result, sender.messagesSent, ...peer.receive(concatBytes(sender.takeOutput()).slice())];
}

describe.each<Role>(["client", "server"])("a %s", (role) => {
  it("sends UTF-8 as the text that it is", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.nat(3).map((power) => "é".repeat(20 ** power)),
    );
    fc.assert(
      fc.property(text, fc.constantFrom(16, 65_536), (data, fragmentSize) => {
        const bytes = utf8Bytes(data);
        const asBytes = received(role, { fragmentSize }, (connection) => connection.sendUtf8(bytes));
        expect(asBytes).toEqual(received(role, { fragmentSize }, (connection) => connection.sendText(data)));
      }),
      scaledRuns(100),
    );
  });

  it("refuses bytes that are not UTF-8, and what are no bytes", () => {
    const connection = new Connection(plainAgreement(role), { random: sampleRandom() });
    for (const data of [Uint8Array.of(0xff), Uint8Array.of(0x61, 0xc3), "text" as never]) {
      expect(() => connection.sendUtf8(data)).toThrow(UsageError);
    }
    expect([connection.outputLength, connection.messagesSent]).toEqual([0, 0]);
  });

  it("echoes the reason of a Close frame beside its code if it is asked to", () => {
    const peer = new Connection(plainAgreement(peerRole(role)), { random: sampleRandom() });
    peer.sendClose(3000, "why");
    const close = concatBytes(peer.takeOutput());
    for (const echoReason of [true, false]) {
      const connection = new Connection(plainAgreement(role), { random: sampleRandom(), echoReason });
      connection.receive(close.slice());
      const other = new Connection(plainAgreement(peerRole(role)), { random: sampleRandom() });
      expect(other.receive(concatBytes(connection.takeOutput()).slice())).toEqual([
        { type: "close", statusCode: 3000, reason: echoReason ? "why" : "" },
      ]);
    }
  });
});
