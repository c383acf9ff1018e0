/** One side uses TLS and the other does not: what each is told. */
import { requestText } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { Endpoint } from "../../src/index.ts";

/** RFC 8446: an alert, fatal, protocol_version; and the beginning of a ClientHello. */
const alert = [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x46];
const clientHello = [0x16, 0x03, 0x01, 0x02, 0x00, 0x01];
const random = (target: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(target);
const client = (url: string) => Endpoint.client({ url, random });
const hint = "one side uses TLS (wss:), and the other does not (ws:).";

/** Returns the message of the only failure among `events`. */
function failure(events: readonly { readonly type: string }[]): string {
  const [event] = events.filter(({ type }) => type === "failure") as { violation?: { message: string } }[];
  return event?.violation?.message ?? "no failure";
}

describe("an endpoint without TLS whose peer uses it", () => {
  it.each([alert.length, 1])("says so, in chunks of %i", (size) => {
    for (const [endpoint, bytes] of [
      [client("ws://example.com/"), alert],
      [Endpoint.server(), clientHello],
    ] as const) {
      expect(failure(endpoint.receive(Uint8Array.from(bytes.slice(0, size))))).toContain(hint);
    }
  });

  it("says no such thing of other bytes, or of these bytes elsewhere", () => {
    expect(failure(client("ws://example.com/").receive(Uint8Array.of(0x14)))).not.toContain("TLS");
    expect(failure(Endpoint.server().receive(Uint8Array.of(0x14)))).not.toContain("TLS");
    const request = Uint8Array.from(requestText().slice(0, 6), (char) => char.charCodeAt(0));
    expect(failure(Endpoint.server().receive(Uint8Array.of(...request, 0x16)))).toMatch(/^A start line has a byte/);
  });
});

describe("a client whose server ends the transport", () => {
  it("is told of wss: if nothing has arrived and its URL has ws:", () => {
    expect(failure(client("ws://example.com/").receiveEnd())).toContain("wss:");
    expect(failure(client("wss://example.com/").receiveEnd())).not.toContain("wss:");
    const begun = client("ws://example.com/");
    begun.receive(Uint8Array.of(0x48));
    expect(failure(begun.receiveEnd())).not.toContain("wss:");
  });
});
