/**
 * Sends the same request bytes to `listen`, which parses them itself, and to Node's HTTP server, whose parser passes a head to
 * `upgrade` (RFC 6455 §4.2.1, RFC 9112). Both must reach the same verdict, except in the cases explained below.
 */
import type { ServerOptions as HttpServerOptions } from "node:http";
import { type ServerOptions, upgrade } from "@hybi/node";
import type { Failure, IncomingOpening } from "@hybi/websocket";
import { describe, expect, it } from "vitest";
import { openingRequest, RawClient } from "./support/raw-client.ts";
import { host, openHttpServer, openServer } from "./support/servers.ts";

const withLine = (line: string): string => openingRequest().replace(/^.*/, line);
const withFields = (...lines: readonly string[]): string =>
  openingRequest().replace(/\r\n\r\n$/, `\r\n${lines.map((line) => `${line}\r\n`).join("")}\r\n`);

/** Requests as bytes; the verdict of `listen` decides which are valid. */
const requests: Readonly<Record<string, string>> = {
  "a valid one": openingRequest(),
  "HTTP/0.9": withLine("GET / HTTP/0.9"),
  "no version": withLine("GET /"),
  "HTTP/1.0": withLine("GET / HTTP/1.0"),
  "HTTP/1.2": withLine("GET / HTTP/1.2"),
  "HTTP/1.9": withLine("GET / HTTP/1.9"),
  "HTTP/2.0": withLine("GET / HTTP/2.0"),
  "HTTP/3.0": withLine("GET / HTTP/3.0"),
  "HTTP/10.1": withLine("GET / HTTP/10.1"),
  "a protocol in lower case": withLine("GET / http/1.1"),
  "another protocol": withLine("GET / RTSP/1.1"),
  "another protocol, 1.0": withLine("GET / RTSP/1.0"),
  POST: withLine("POST / HTTP/1.1"),
  OPTIONS: withLine("OPTIONS / HTTP/1.1"),
  HEAD: withLine("HEAD / HTTP/1.1"),
  "a method in lower case": withLine("get / HTTP/1.1"),
  "an unknown method": withLine("GETS / HTTP/1.1"),
  "two spaces in the request line": withLine("GET  /  HTTP/1.1"),
  "a tab in the request line": withLine("GET\t/\tHTTP/1.1"),
  "a space behind the version": withLine("GET / HTTP/1.1 "),
  "an absolute target": withLine("GET http://example.com/a?b HTTP/1.1"),
  "an absolute target of WebSocket": withLine("GET ws://example.com/ HTTP/1.1"),
  "an absolute target of another scheme": withLine("GET ftp://example.com/ HTTP/1.1"),
  "an absolute target with userinfo": withLine("GET http://a:b@example.com/ HTTP/1.1"),
  "an absolute target without a host": withLine("GET http:///a HTTP/1.1"),
  "an asterisk": withLine("GET * HTTP/1.1"),
  "an authority": withLine("GET example.com:80 HTTP/1.1"),
  "a relative target": withLine("GET a/b HTTP/1.1"),
  "a query alone": withLine("GET ?a HTTP/1.1"),
  "a fragment": withLine("GET /a#b HTTP/1.1"),
  "an empty fragment": withLine("GET /a# HTTP/1.1"),
  "no target": withLine("GET  HTTP/1.1"),
  "a byte above ASCII in the target": withLine("GET /\xe9 HTTP/1.1"),
  "a control character in the target": withLine("GET /\x01 HTTP/1.1"),
  "a DEL in the target": withLine("GET /\x7f HTTP/1.1"),
  "a target of 8,000 bytes": withLine(`GET /${"a".repeat(7_999)} HTTP/1.1`),
  "a target of 9,000 bytes": withLine(`GET /${"a".repeat(8_999)} HTTP/1.1`),
  "no Host": openingRequest({ Host: undefined }),
  "an empty Host": openingRequest({ Host: "" }),
  "a second Host": withFields(`Host: ${host}`),
  "another Host": withFields("hOsT: example.com"),
  "a Host with a space": openingRequest({ Host: "a b" }),
  "a Host with userinfo": openingRequest({ Host: "a@b" }),
  "a Host with a path": openingRequest({ Host: "a/b" }),
  "a Host with port 0": openingRequest({ Host: "a:0" }),
  "Content-Length": withFields("Content-Length: 5").concat("hello"),
  "Content-Length, and nothing yet": withFields("Content-Length: 5"),
  "Content-Length: 0": withFields("Content-Length: 0"),
  "Content-Length of letters": withFields("Content-Length: x"),
  "Content-Length with a sign": withFields("Content-Length: +5"),
  "Content-Length, empty": withFields("Content-Length:"),
  "Content-Length twice": withFields("Content-Length: 0", "Content-Length: 0"),
  "Content-Length, a list": withFields("Content-Length: 0, 0"),
  "Content-Length, two that differ": withFields("Content-Length: 0", "Content-Length: 1"),
  "Transfer-Encoding": withFields("Transfer-Encoding: chunked").concat("0\r\n\r\n"),
  "Transfer-Encoding, and nothing yet": withFields("Transfer-Encoding: chunked"),
  "Transfer-Encoding: identity": withFields("Transfer-Encoding: identity"),
  "Transfer-Encoding and Content-Length": withFields("Content-Length: 5", "Transfer-Encoding: chunked"),
  "a folded line": withFields("X-A: a", " b"),
  "a folded Connection": openingRequest().replace("Connection: ", "Connection:\r\n "),
  "white space before a colon": withFields("X-A : a"),
  "white space before the first field": openingRequest().replace("Host", " Host"),
  "white space around a value": withFields("X-A: \ta \t"),
  "lines that end in LF": openingRequest().replaceAll("\r\n", "\n"),
  "one line that ends in LF": withFields("X-A: a\nX-B: b"),
  "a CR in a value": withFields("X-A: a\rb"),
  "a control character in a value": withFields("X-A: a\x01b"),
  "a NUL in a value": withFields("X-A: a\0b"),
  "a DEL in a value": withFields("X-A: a\x7fb"),
  "a byte above ASCII in a value": withFields("X-A: a\xffb"),
  "a name that is not a token": withFields("X(A: a"),
  "no name": withFields(": a"),
  "no colon": withFields("X-A"),
  "no value": withFields("X-A:"),
  "two empty lines before it": `\r\n\r\n${openingRequest()}`,
  "seven empty lines before it": `${"\r\n".repeat(7)}${openingRequest()}`,
  "120 fields": withFields(...Array.from({ length: 115 }, () => "a:")),
  "200 fields": withFields(...Array.from({ length: 195 }, () => "a:")),
  "3,000 fields": withFields(...Array.from({ length: 3_000 }, () => "a:")),
  "a second Host behind 1,500 fields": withFields(...Array.from({ length: 1_500 }, () => "a:"), "Host: a"),
  "a value of 8,000 bytes": withFields(`X-A: ${"a".repeat(8_000)}`),
  "a value of 9,000 bytes": withFields(`X-A: ${"a".repeat(9_000)}`),
  "20,000 bytes": withFields(`X-A: ${"a".repeat(7_000)}`, `X-B: ${"a".repeat(7_000)}`, `X-C: ${"a".repeat(6_000)}`),
  Expect: withFields("Expect: 100-continue"),
  "Upgrade, a list": openingRequest({ Upgrade: "h2c, websocket" }),
  "Upgrade in two lines": withFields("Upgrade: h2c"),
  "Upgrade with a version": openingRequest({ Upgrade: "websocket/13" }),
  "Connection, a list": openingRequest({ Connection: "keep-alive, Upgrade" }),
  "Connection with an invalid token": openingRequest({ Connection: "Upgrade, a b" }),
  "a second key": withFields("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="),
  "an invalid key": openingRequest({ "Sec-WebSocket-Key": "abc" }),
  "no key": openingRequest({ "Sec-WebSocket-Key": undefined }),
  "another version of WebSocket": openingRequest({ "Sec-WebSocket-Version": "8" }),
  "a second version of WebSocket": withFields("Sec-WebSocket-Version: 13"),
  "two origins": withFields("Origin: http://a", "Origin: http://b"),
  "a subprotocol twice": withFields("Sec-WebSocket-Protocol: a", "Sec-WebSocket-Protocol: a"),
  "invalid extensions": withFields("Sec-WebSocket-Extensions: a;;b"),
};

/** Rejected by Node's parser before `upgrade` sees a head, as the RFC allows. */
const refusedByNode: Readonly<Record<string, string>> = {
  "HTTP/1.2": "RFC 9110 §6.2 allows rejecting a minor version; Node supports none above 1.1",
  "HTTP/1.9": "as HTTP/1.2",
  "Content-Length twice": "RFC 9112 §6.3 leaves it to the recipient to reject a repeated value",
  "Content-Length, a list": "as Content-Length twice",
};

/** No longer visible in the head. */
const unseenInHead: Readonly<Record<string, string>> = {
  "another protocol": "only the version is in the head: RTSP/1.1 is 1.1",
  "two spaces in the request line": "RFC 9112 §3: a recipient MAY take white space for the separator",
  "seven empty lines before it": "RFC 9112 §2.2: a server SHOULD ignore at least one; Node ignores any number",
};

/** Also hidden by a lenient parser. */
const unseenByLenientParser: Readonly<Record<string, string>> = {
  "a folded line": "RFC 9112 §5.2: a fold MAY be replaced by a space",
  "a folded Connection": "as a folded line",
  "lines that end in LF": "RFC 9112 §2.2: a recipient MAY take a single LF for the end of a line",
  "one line that ends in LF": "as lines that end in LF",
  "white space before the first field": "RFC 9112 §2.2 forbids it; that is what the option is called insecure for",
  "white space before a colon": "as white space before the first field",
};

/** Rejected by both, but the head shows a different violation than the bytes. */
const otherFault: Readonly<Record<string, string>> = {
  "no version": "a request line without a version is one of HTTP/0.9 for Node",
  "another protocol, 1.0": "as another protocol",
};

interface Verdict {
  readonly taken: boolean;
  /** The status of the response, or undefined when the connection ended without one. */
  readonly status: string | undefined;
  /** Our violation code; undefined when Node rejected the request. */
  readonly code: string | undefined;
}

function codeOf(failure: Failure): string {
  return "violation" in failure ? failure.violation.code : failure.kind;
}

async function verdictOf(request: string, open: (options: ServerOptions) => Promise<number>): Promise<Verdict> {
  let code: string | undefined;
  const onFailure = (failure: Failure): void => {
    code ??= codeOf(failure);
  };
  const client = new RawClient(await open({ onFailure }));
  client.socket.write(request, "latin1");
  await client.until(() => /\r\n\r\n/.test(client.text) || client.ended || client.closed);
  const status = /^HTTP\/1\.1 (\d+) /.exec(client.text)?.[1];
  return { taken: status === "101", status, code };
}

const accept = (opening: IncomingOpening): void => void opening.accept();

const toListen = (request: string): Promise<Verdict> =>
  verdictOf(request, async (options) => (await openServer(accept, options)).port);

const toUpgrade = (request: string, httpOptions: HttpServerOptions): Promise<Verdict> =>
  verdictOf(request, async (options) => {
    const { port, server } = await openHttpServer((_, response) => void response.writeHead(299).end(), httpOptions);
    const { memoryBudget: _, ...rest } = options;
    server.on("upgrade", (request, socket, head) => upgrade(request, socket, head, accept, rest));
    return port;
  });

describe("a raw request", () => {
  const secure = { ...refusedByNode, ...unseenInHead };
  const lenient = { ...refusedByNode, ...unseenInHead, ...unseenByLenientParser };

  it.each(Object.entries(requests))(
    "is accepted or rejected by upgrade as by listen: %s [R30]",
    async (name, bytes) => {
      const right = await toListen(bytes);
      const verdict = await toUpgrade(bytes, {});
      if (name in secure) expect(verdict.taken).toBe(name in unseenInHead);
      else expect(verdict.taken).toBe(right.taken);
      const lenientVerdict = await toUpgrade(bytes, { insecureHTTPParser: true });
      if (!(name in lenient)) expect(lenientVerdict.taken).toBe(right.taken);
      // When we rejected both, the codes match.
      for (const { code } of [verdict, lenientVerdict]) {
        if (code !== undefined && right.code !== undefined && !(name in otherFault)) expect(code).toBe(right.code);
      }
    },
  );

  it("is rejected with 505 when its HTTP version is unsupported [R30]", async () => {
    for (const line of ["GET / HTTP/0.9", "GET / HTTP/2.0", "GET /"]) {
      const verdict = await toUpgrade(withLine(line), {});
      expect(verdict).toEqual({ taken: false, status: "505", code: "http/version-unsupported" });
    }
  });

  it("with a body is rejected, and onFailure reports its address [R30]", async () => {
    const { port, server } = await openHttpServer();
    const told: unknown[] = [];
    const onFailure: ServerOptions["onFailure"] = (failure, info) => told.push([codeOf(failure), info]);
    server.on("upgrade", (request, socket, head) => upgrade(request, socket, head, accept, { onFailure }));
    for (const field of ["Content-Length: 5", "Transfer-Encoding: chunked"]) {
      const client = new RawClient(port);
      client.socket.write(withFields(field));
      await client.until(() => client.ended);
      expect(client.text).toMatch(/^HTTP\/1\.1 400 /);
    }
    const refused = ["opening/body-unexpected", { secure: false, remoteAddress: host }];
    expect(told).toEqual([refused, refused]);
  });
});
