import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FieldLine } from "../http/fields.ts";
import { keptResponse } from "./kept-response.ts";

const switched = { status: 101, reasonPhrase: "Switching Protocols", minorVersion: 1 };

/** In the spelling of some servers. */
const opening: readonly FieldLine[] = [
  ["Upgrade", "websocket"],
  ["connection", "Upgrade"],
  ["SEC-WEBSOCKET-ACCEPT", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="],
  ["Sec-WebSocket-Protocol", "chat"],
  ["Sec-WebSocket-Extensions", "permessage-deflate"],
];

describe("keptResponse", () => {
  it("leaves out the fields of the opening handshake, and keeps all others in their order", () => {
    const others = fc.constantFrom<FieldLine>(
      ["Set-Cookie", "a=b"],
      ["set-cookie", "c=d"],
      ["Date", ""],
      ["Upgrades", "x"],
      ["Sec-WebSocket-Version", "13"],
    );
    const lines = fc.array(fc.oneof(others, fc.constantFrom(...opening)), { maxLength: 12 });
    fc.assert(
      fc.property(lines, fc.constantFrom(101, 200), (fields, status) => {
        const kept = keptResponse({ ...switched, status, fields });
        expect(kept).toEqual({ ...switched, status, fields: fields.filter((line) => !opening.includes(line)) });
      }),
    );
  });

  it("is one object for all responses that say nothing but that the protocol is switched", () => {
    const usual = keptResponse({ ...switched, fields: opening });
    expect(usual).toEqual({ ...switched, fields: [] });
    expect(keptResponse({ ...switched, fields: opening.slice(0, 3) })).toBe(usual);
    expect(Object.isFrozen(usual) && Object.isFrozen(usual.fields)).toBe(true);
    for (const change of [{ status: 200 }, { reasonPhrase: "" }, { minorVersion: 2 }]) {
      expect(keptResponse({ ...switched, ...change, fields: opening })).toEqual({ ...switched, ...change, fields: [] });
    }
  });
});
