import { describe, expect, it } from "vitest";
import type { FieldLine } from "../http/fields.ts";
import { checkOpeningResponse } from "./response-check.ts";

const sent = { key: "dGhlIHNhbXBsZSBub25jZQ==", subprotocols: [], requireSubprotocol: false, extensions: [] };
const fields = [
  ["upgrade", "websocket"],
  ["connection", "upgrade"],
  ["sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="],
] as const;
const head = { status: 101, reasonPhrase: "", minorVersion: 1, fields };

describe("checkOpeningResponse", () => {
  it("accepts a head parsed elsewhere [C05]", () => {
    expect(checkOpeningResponse(head, sent)).toMatchObject({ type: "agreement", agreement: { role: "client" } });
    expect(checkOpeningResponse({ ...head, status: 302 }, sent)).toEqual({ type: "rejection" });
  });

  it("returns exactly what was agreed on [C05]", () => {
    const agreement = {
      role: "client",
      subprotocol: undefined,
      extensions: [],
      tolerated: [],
      response: { status: 101, reasonPhrase: "", minorVersion: 1, fields: [] },
    };
    expect(checkOpeningResponse(head, sent)).toEqual({ type: "agreement", agreement });
  });

  it.each<[string, FieldLine]>([
    ["opening/subprotocol-not-offered", ["Sec-WebSocket-Protocol", "chat"]],
    ["opening/extensions-malformed", ["Sec-WebSocket-Extensions", "foo;"]],
    ["opening/extension-not-offered", ["Sec-WebSocket-Extensions", "foo"]],
    ["opening/accept-repeated", ["Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="]],
    ["opening/upgrade-mismatch", ["Upgrade", "websocket"]],
  ])("reports a violation at the end of the head, without an HTTP status: %s [C05] [C06] [C07]", (code, line) => {
    expect(checkOpeningResponse({ ...head, fields: [...fields, line] }, sent, 99)).toMatchObject({
      type: "violation",
      violation: { code, offset: 99, httpStatus: undefined },
    });
  });

  it("fails when there was no key to prove, because the request was an Extended CONNECT [B04]", () => {
    expect(checkOpeningResponse(head, { ...sent, key: undefined }, 5)).toMatchObject({
      violation: { code: "opening/accept-mismatch", offset: 5 },
    });
  });
});
