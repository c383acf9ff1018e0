/** A server whose HTTP layer has already parsed the opening request (RFC 6455 §4.2.1). */
import { Endpoint } from "@hybi/core";
import { checkOpeningRequest, type Fields, type RequestHead, ServerHandshake } from "@hybi/core/opening";
import { sampleRandom } from "@hybi/testing";
import { describe, expect, it } from "vitest";

const fields: Fields = [
  ["Host", "example.com"],
  ["Upgrade", "websocket"],
  ["Connection", "Upgrade"],
  ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="],
  ["Sec-WebSocket-Version", "13"],
];
const head = { method: "GET", target: "/chat", minorVersion: 1, fields };
const maskedHello = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];

function text(chunks: readonly Uint8Array[]): string {
  return chunks.map((chunk) => String.fromCharCode(...chunk)).join("");
}

describe("an opening request that was parsed elsewhere", () => {
  it("leads to the same request and the same response as its bytes [H09]", () => {
    const endpoint = Endpoint.server();
    const [event] = endpoint.receiveHead(head);
    expect(event).toMatchObject({ type: "request", request: { resourceName: "/chat", authority: "example.com" } });
    expect(endpoint.accept().map(({ type }) => type)).toEqual(["open"]);
    expect(text(endpoint.takeOutput())).toContain("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n");
  });

  it("can be followed by bytes that the HTTP layer had read beyond it, which are kept until the server accepts [H22]", () => {
    const endpoint = Endpoint.server();
    endpoint.receiveHead(head);
    expect(endpoint.receive(Uint8Array.from(maskedHello))).toEqual([]);
    expect(endpoint.accept()).toMatchObject([{ type: "open" }, { type: "text", data: "Hello" }]);
  });

  it("is rejected by the same rules [H07]", () => {
    const endpoint = Endpoint.server();
    const old = fields.map(([name, value]) => [name, value === "13" ? "8" : value] as const);
    expect(endpoint.receiveHead({ ...head, fields: old })).toMatchObject([
      { type: "failure", violation: { code: "opening/version-unsupported", httpStatus: 426 } },
    ]);
    expect(text(endpoint.takeOutput())).toMatch(/^HTTP\/1\.1 426 /);
    expect(endpoint.transportAction).toBe("end");
  });

  it.each<[string, Partial<RequestHead>]>([
    ["http/version-unsupported", { majorVersion: 0, minorVersion: 9 }],
    ["http/version-unsupported", { majorVersion: 2, minorVersion: 0 }],
    ["opening/http-version", { majorVersion: 1, minorVersion: 0 }],
    ["http/request-target", { target: "/\xe9" }],
    ["http/field-name", { fields: [...fields, ["a b", "c"]] }],
    ["http/field-value", { fields: [...fields, ["a", "\x01"]] }],
    ["http/too-many-fields", { fields: [...fields, ...Array.from({ length: 124 }, () => ["a", ""] as const)] }],
    ["http/line-too-long", { fields: [...fields, ["a", "b".repeat(8192)]] }],
  ])("is rejected with %s like its bytes would be, however lenient its parser was [R30]", (code, changes) => {
    const endpoint = Endpoint.server();
    expect(endpoint.receiveHead({ ...head, ...changes })).toMatchObject([{ type: "failure", violation: { code } }]);
    expect(text(endpoint.takeOutput())).toMatch(/^HTTP\/1\.1 [45]\d\d /);
    expect(checkOpeningRequest({ ...head, ...changes })).toMatchObject({ type: "violation", violation: { code } });
  });

  it("is held to the limits of the server, not to those of its parser [R30]", () => {
    const short = Endpoint.server({ limits: { fields: 4 } });
    expect(short.receiveHead(head)).toMatchObject([{ type: "failure", violation: { code: "http/too-many-fields" } }]);
    const many = [...fields, ...Array.from({ length: 200 }, () => ["a", ""] as const)];
    const long = Endpoint.server({ limits: { fields: 205 } });
    expect(long.receiveHead({ ...head, fields: many })).toMatchObject([{ type: "request" }]);
  });

  it("is rejected when its origin may not connect [H13]", () => {
    const server = new ServerHandshake({
      checkOrigin: () => ({
        ...{ code: "opening/origin-refused", message: "Not this one.", section: "RFC 6455 §4.2.2" },
        ...{ statusCode: undefined, httpStatus: 403, offset: 0 },
      }),
    });
    expect(server.receiveHead(head)).toMatchObject([
      { type: "failure", violation: { code: "opening/origin-refused" } },
    ]);
  });

  it("is a usage error after another head, and on a client", () => {
    const server = new ServerHandshake();
    server.receiveHead(head);
    expect(() => server.receiveHead(head)).toThrow(expect.objectContaining({ code: "opening/complete" }));
    const client = Endpoint.client({ url: "ws://example.com/", random: sampleRandom() });
    expect(() => client.receiveHead(head)).toThrow(expect.objectContaining({ code: "opening/complete" }));
  });

  it("is ignored after the handshake has failed", () => {
    const server = new ServerHandshake();
    server.fail("deadline/opening");
    expect(server.receiveHead(head)).toEqual([]);
    const endpoint = Endpoint.server();
    endpoint.expire("opening");
    expect(endpoint.receiveHead(head)).toEqual([]);
  });
});
