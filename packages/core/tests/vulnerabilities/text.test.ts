/** Text: invalid UTF-8 is found however long the text is, and valid UTF-8 is delivered unchanged. */
import { concatBytes, roles, utf8Bytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { deliver, open } from "../support/connections.ts";

const nineMillion = 9_000_000;

describe.each(roles)("a %s", (role) => {
  it("fails for 9 MB of ASCII with an invalid byte at the end, at that byte [V33]", () => {
    const payload = concatBytes([new Uint8Array(nineMillion).fill(0x61), Uint8Array.of(0xff)]);
    const headerLength = 10 + (role === "server" ? 4 : 0);
    expect(deliver(open(role), { opcode: "text", payload })).toMatchObject([
      {
        type: "failure",
        violation: { code: "message/utf8-invalid", statusCode: 1007, offset: headerLength + nineMillion },
      },
    ]);
  });

  it("fails for it in fragments, and for text that ends within a character [V33]", () => {
    const half = concatBytes([new Uint8Array(nineMillion).fill(0x61), Uint8Array.of(0xc3)]);
    const events = deliver(
      open(role),
      { opcode: "text", payload: half, final: false },
      { opcode: "continuation", payload: "a" },
    );
    expect(events).toMatchObject([{ type: "failure", violation: { code: "message/utf8-invalid" } }]);
    expect(deliver(open(role), { opcode: "text", payload: half })).toMatchObject([
      { type: "failure", violation: { code: "message/utf8-truncated" } },
    ]);
  });

  it.each(["\uFEFF", "\uFEFFHello", "\uFEFF\uFEFF", `\uFEFF${"한글".repeat(5000)}`])(
    "delivers text %# with its leading U+FEFF [V39]",
    (text) => {
      expect(deliver(open(role), { opcode: "text", payload: text })).toEqual([{ type: "text", data: text }]);
      const [first, ...rest] = utf8Bytes(text);
      const parts = deliver(
        open(role),
        { opcode: "text", payload: Uint8Array.of(first ?? 0), final: false },
        { opcode: "continuation", payload: Uint8Array.from(rest) },
      );
      expect(parts).toEqual([{ type: "text", data: text }]);
    },
  );

  it("validates the reason of a Close frame separately, within text cut in the middle of a character [V62]", () => {
    const cut = { opcode: "text", payload: Uint8Array.of(0xe2, 0x82), final: false } as const;
    const close = (reason: readonly number[]) =>
      ({ opcode: "close", payload: Uint8Array.of(0x03, 0xe8, ...reason) }) as const;
    expect(deliver(open(role), cut, close([0x6f, 0x6b]))).toEqual([{ type: "close", statusCode: 1000, reason: "ok" }]);
    // The byte that the text lacks is invalid at the start of a reason.
    expect(deliver(open(role), cut, close([0xac]))).toMatchObject([
      { type: "failure", violation: { code: "close/reason-utf8" } },
    ]);
  });
});
