import { describe, expect, it } from "vitest";
import { defaultLimits } from "../vocabulary/limits.ts";
import { checkDecodedRequest, checkOpeningRequest } from "./request.ts";
import { answerOpeningRequest } from "./response.ts";

const fields = [
  ["HOST", "example.com"],
  ["uPGRADE", "websocket"],
  ["connection", "Upgrade"],
  ["sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="],
  ["sec-websocket-version", "13"],
] as const;
const head = { method: "GET", target: "/chat", minorVersion: 1, fields };

describe("checkOpeningRequest", () => {
  it("accepts a head parsed elsewhere, with field names in any case [H05]", () => {
    const check = checkOpeningRequest(head);
    if (check.type !== "request") throw new Error(check.violation.code);
    expect(check.request).toMatchObject({
      bootstrap: "upgrade",
      resourceName: "/chat",
      authority: "example.com",
      fields,
    });
    expect(answerOpeningRequest(check.request).head.fields).toContainEqual([
      "Sec-WebSocket-Accept",
      "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
    ]);
  });

  it("reports the offset of the end of the head, if given [H01]", () => {
    expect(checkOpeningRequest({ ...head, method: "PUT" })).toMatchObject({
      violation: { offset: 0, httpStatus: 405 },
    });
    expect(checkOpeningRequest({ ...head, method: "PUT" }, { offset: 99 })).toMatchObject({
      violation: { offset: 99 },
    });
  });

  it("gives the application no list that it could change for all requests", () => {
    const check = checkOpeningRequest(head);
    if (check.type !== "request") throw new Error(check.violation.code);
    expect([check.request.subprotocols, check.request.extensionOffers].map(Object.isFrozen)).toEqual([true, true]);
  });

  it("accepts non-zero pad bits of a key on request, and no other malformed key [H06]", () => {
    const codeOf = (key: string): unknown => {
      const changed = fields.map(([name, value]) => [name, name === "sec-websocket-key" ? key : value] as const);
      const check = checkOpeningRequest({ ...head, fields: changed }, { tolerate: ["non-canonical-key"] });
      return check.type === "violation" ? check.violation.code : check.request.tolerated;
    };
    expect(codeOf("dGhlIHNhbXBsZSBub25jZQ==")).toEqual([]);
    expect(codeOf("dGhlIHNhbXBsZSBub25jZR==")).toEqual(["non-canonical-key"]);
    for (const key of ["", "abc", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZ_==", "dGhlIHNhbXBsZSBub25jZQ==x"]) {
      expect(codeOf(key)).toBe("opening/key-malformed");
    }
  });

  it("folds ASCII letters only: the Kelvin sign is neither a k nor a char of a field [H04]", () => {
    const odd = fields.map(([name, value]) => [name, value === "websocket" ? "websoc\u212aet" : value] as const);
    expect(checkOpeningRequest({ ...head, fields: odd })).toMatchObject({ violation: { code: "http/field-value" } });
    expect(checkDecodedRequest({ ...head, fields: odd }, { tolerate: [], limits: defaultLimits }, 0)).toMatchObject({
      violation: { code: "opening/upgrade-missing" },
    });
  });
});
