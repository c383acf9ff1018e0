import { describe, expect, it } from "vitest";
import { violation } from "../violation.ts";
import { checkRejection, refuseOpeningRequest, rejectionOf, rejectOpeningRequest } from "./rejection.ts";

describe("rejectOpeningRequest", () => {
  it("writes the usual reason phrase, the given one, or none [H25]", () => {
    expect(rejectOpeningRequest({ status: 404 }).head.reasonPhrase).toBe("Not Found");
    expect(rejectOpeningRequest({ status: 404, reasonPhrase: "Gone fishing" }).head.reasonPhrase).toBe("Gone fishing");
    expect(rejectOpeningRequest({ status: 418 }).head.reasonPhrase).toBe("");
  });

  it("adds the fields that a status requires, unless the application did [H01]", () => {
    const fieldsOf = (status: number, ...fields: [string, string][]): unknown =>
      rejectOpeningRequest({ status, fields }).head.fields;
    expect(fieldsOf(405)).toContainEqual(["Allow", "GET"]);
    expect(fieldsOf(405, ["allow", "GET, HEAD"])).not.toContainEqual(["Allow", "GET"]);
    expect(fieldsOf(426)).toEqual([
      ["Upgrade", "websocket"],
      ["Connection", "Upgrade, close"],
      ["Content-Length", "0"],
      ["Sec-WebSocket-Version", "13"],
    ]);
  });

  it("says no length with 204, and sends no body with 204 and 304 [H25]", () => {
    expect(rejectOpeningRequest({ status: 204 }).head.fields).toEqual([["Connection", "close"]]);
    for (const status of [204, 304]) {
      expect(() => rejectOpeningRequest({ status, body: "x" })).toThrow(
        expect.objectContaining({ code: "opening/rejection-body" }),
      );
    }
  });

  it.each([101, 199, 600, 400.5, Number.NaN])("refuses the status %d, which is not final [H25]", (status) => {
    expect(() => rejectOpeningRequest({ status })).toThrow(
      expect.objectContaining({ code: "opening/rejection-status" }),
    );
    expect(() => checkRejection({ status: 299 }, 300)).toThrow(
      expect.objectContaining({ code: "opening/rejection-status" }),
    );
  });
});

describe("rejectionOf", () => {
  it("answers with the status and the sentence of the table, 400 where it has none [H25]", () => {
    const { head, body } = refuseOpeningRequest(violation("opening/host-missing", 0));
    expect(head.status).toBe(400);
    expect(new TextDecoder().decode(body)).toBe("An opening request has no Host field. (RFC 9112 §3.2)\n");
    expect(rejectionOf(violation("opening/transport-ended", 0)).status).toBe(400);
  });
});
