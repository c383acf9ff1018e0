import { describe, expect, it } from "vitest";
import { streamRequestViolation } from "../vocabulary/violation.ts";
import {
  answerInvalidRequest,
  checkRejection,
  type Rejection,
  rejectionFor,
  rejectOpeningRequest,
} from "./rejection.ts";

describe("rejectOpeningRequest", () => {
  it("writes the standard reason phrase, the given one, or none [H25]", () => {
    expect(rejectOpeningRequest({ status: 404 }).head.reasonPhrase).toBe("Not Found");
    expect(rejectOpeningRequest({ status: 404, reasonPhrase: "Gone fishing" }).head.reasonPhrase).toBe("Gone fishing");
    expect(rejectOpeningRequest({ status: 418 }).head.reasonPhrase).toBe("");
  });

  it.each([
    [301, "Moved Permanently"],
    [302, "Found"],
    [303, "See Other"],
    [307, "Temporary Redirect"],
    [308, "Permanent Redirect"],
    [400, "Bad Request"],
    [401, "Unauthorized"],
    [403, "Forbidden"],
    [404, "Not Found"],
    [405, "Method Not Allowed"],
    [408, "Request Timeout"],
    [410, "Gone"],
    [413, "Content Too Large"],
    [414, "URI Too Long"],
    [426, "Upgrade Required"],
    [429, "Too Many Requests"],
    [431, "Request Header Fields Too Large"],
    [500, "Internal Server Error"],
    [501, "Not Implemented"],
    [503, "Service Unavailable"],
    [505, "HTTP Version Not Supported"],
    [599, ""],
  ])("uses for %i the reason phrase %j of RFC 9110 §15 and RFC 6585 [H25]", (status, reasonPhrase) => {
    expect(rejectOpeningRequest({ status }).head).toMatchObject({ status, reasonPhrase, minorVersion: 1 });
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

  it("sends no Content-Length with 204, and throws for a body with 204 or 304 [H25]", () => {
    expect(answerInvalidRequest({ status: 204 }).head.fields).toEqual([["Connection", "close"]]);
    for (const status of [204, 304]) {
      expect(() => answerInvalidRequest({ status, body: "x" })).toThrow(
        expect.objectContaining({ code: "opening/rejection-body" }),
      );
    }
  });

  it.each([101, 199, 200, 299, 600, 400.5, Number.NaN])(
    "throws for the status %d, which is not a final status that rejects [H25]",
    (status) => {
      expect(() => rejectOpeningRequest({ status })).toThrow(
        expect.objectContaining({
          code: "opening/rejection-status",
          message: expect.stringMatching(new RegExp(` It is ${status}\\.$`)),
        }),
      );
      expect(() => checkRejection({ status: 299 }, 300)).toThrow(
        expect.objectContaining({ code: "opening/rejection-status" }),
      );
      expect(checkRejection({ status: 300 }, 300)).toEqual({ status: 300, body: new Uint8Array(0), fields: [] });
    },
  );

  it("answers only a request that is not valid as if it had succeeded", () => {
    expect(answerInvalidRequest({ status: 200 }).head).toMatchObject({ status: 200, reasonPhrase: "OK" });
    expect(() => answerInvalidRequest({ status: 199 })).toThrow(
      expect.objectContaining({ code: "opening/rejection-status" }),
    );
  });

  it("sends text as UTF-8, and bytes unchanged [H25]", () => {
    expect(rejectOpeningRequest({ status: 403, body: "é" }).body).toEqual(Uint8Array.of(0xc3, 0xa9));
    expect(rejectOpeningRequest({ status: 403, body: Uint8Array.of(0xe9) }).body).toEqual(Uint8Array.of(0xe9));
    expect(rejectOpeningRequest({ status: 304 }).head.fields).toContainEqual(["Content-Length", "0"]);
  });

  it("adds a Content-Type to text, unless the application set one or the body is empty [R30]", () => {
    const typesOf = (rejection: Partial<Rejection>): unknown =>
      rejectOpeningRequest({ status: 403, ...rejection }).head.fields.filter(([name]) => /^content-type$/i.test(name));
    expect(typesOf({ body: "no" })).toEqual([["Content-Type", "text/plain; charset=utf-8"]]);
    const html = ["content-TYPE", "text/html"] as const;
    expect(typesOf({ body: "<p>no", fields: [html] })).toEqual([html]);
    expect(typesOf({ body: Uint8Array.of(0x6e) })).toEqual([]);
    expect(typesOf({ body: "" })).toEqual([]);
    expect(typesOf({})).toEqual([]);
  });
});

describe("rejectionFor", () => {
  it("uses the status and the sentence of the table, and 400 if the table has no status [H25]", () => {
    const { head, body } = rejectOpeningRequest(rejectionFor(streamRequestViolation("opening/host-missing", 0)));
    expect(head).toMatchObject({
      status: 400,
      fields: [
        ["Connection", "close"],
        ["Content-Length", String(body.length)],
        ["Content-Type", "text/plain; charset=utf-8"],
      ],
    });
    expect(new TextDecoder().decode(body)).toBe("An opening request has no Host field. (RFC 9112 §3.2)\n");
    expect(rejectionFor(streamRequestViolation("opening/transport-ended", 0)).status).toBe(400);
  });

  it("may state the versions that the server supports, in a 426 too [H25]", () => {
    const version = ["Sec-WebSocket-Version", "13"];
    expect(rejectionFor(streamRequestViolation("opening/stream-version-unsupported", 0)).fields).toEqual([version]);
    const { head } = rejectOpeningRequest({ status: 426, fields: [["sec-websocket-version", "13, 8"]] });
    expect(head.fields.filter(([name]) => name.toLowerCase() === "sec-websocket-version")).toEqual([
      ["sec-websocket-version", "13, 8"],
    ]);
  });
});
