import { describe, expect, it } from "vitest";
import { checkOpeningResponse } from "./response-check.ts";

const sent = { key: "dGhlIHNhbXBsZSBub25jZQ==", subprotocols: [], requireSubprotocol: false, extensions: [] };
const fields = [
  ["upgrade", "websocket"],
  ["connection", "upgrade"],
  ["sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="],
] as const;
const head = { status: 101, reasonPhrase: "", minorVersion: 1, fields };

describe("checkOpeningResponse", () => {
  it("takes a head that somebody else parsed [C05]", () => {
    expect(checkOpeningResponse(head, sent)).toMatchObject({ type: "agreement", agreement: { role: "client" } });
    expect(checkOpeningResponse({ ...head, status: 302 }, sent)).toEqual({ type: "rejection" });
  });

  it("fails when there was no key to prove: the request was an Extended CONNECT [B04]", () => {
    expect(checkOpeningResponse(head, { ...sent, key: undefined }, 5)).toMatchObject({
      violation: { code: "opening/accept-mismatch", offset: 5 },
    });
  });
});
