import { describe, expect, it } from "vitest";
import { assertApplicationFields } from "./reserved-fields.ts";

describe("assertApplicationFields", () => {
  it.each([
    // Each of these could contradict what the handshake says about the destination or the end of the head (RFC 9112 §11.2).
    "Host",
    "Connection",
    "Upgrade",
    "Keep-Alive",
    "Proxy-Connection",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Content-Length",
    "Sec-WebSocket-Key",
    "Sec-WebSocket-Anything",
  ])("throws for %s in any case, and names the field [H26]", (name) => {
    for (const spelling of [name, name.toLowerCase(), name.toUpperCase()]) {
      expect(() =>
        assertApplicationFields([
          ["X-A", "1"],
          [spelling, "1"],
        ]),
      ).toThrow(
        expect.objectContaining({
          code: "opening/field-reserved",
          message: expect.stringMatching(new RegExp(` The field was ${spelling}\\.$`)),
        }),
      );
    }
  });

  it("accepts fields with similar names [H26]", () => {
    const names = ["X-Host", "Hosts", "Sec-WebSocket", "X-Sec-WebSocket-Key", "Accept-Transfer-Encoding", "__proto__"];
    expect(() => assertApplicationFields(names.map((name) => [name, "1"] as const))).not.toThrow();
    expect(() => assertApplicationFields([])).not.toThrow();
  });
});
