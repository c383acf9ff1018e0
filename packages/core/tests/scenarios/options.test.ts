/** Every call of core that takes options checks them and names what is wrong. */
import { Connection, DeadlineConfig, Deadlines, Endpoint, plainAgreement } from "@hybi/core";
import {
  answerExtendedConnect,
  answerOpeningRequest,
  ClientHandshake,
  checkExtendedConnect,
  checkOpeningRequest,
  openExtendedConnect,
  rejectExtendedConnect,
  rejectOpeningRequest,
  ServerHandshake,
} from "@hybi/core/opening";
import { Backoff, originCheck, ProxyHandshake } from "@hybi/core/policy";
import { sampleRandom } from "@hybi/testing";
import { describe, expect, it } from "vitest";

const random = sampleRandom();
const opening = { url: "ws://example.com/", random };
const server = () => new Connection(plainAgreement("server"));
const subject = () => new Connection(plainAgreement("server"));
const head = {
  method: "GET",
  target: "/",
  minorVersion: 1,
  fields: [
    ["Host", "example.com"],
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="],
    ["Sec-WebSocket-Version", "13"],
  ],
} as const;
const check = checkOpeningRequest(head);
if (check.type !== "request") throw new Error("no request");
const { request } = check;

/** A call that takes options, with `given` merged into valid ones. */
const client: Taker = (given) => Endpoint.client({ ...opening, ...given });
type Taker = (given: object) => unknown;

const extension = { name: "x", rsv: 0, offers: () => [], checkAnswer() {}, answer() {}, createTransform() {} };

function faultOf(action: () => unknown): { code?: string; message: string } {
  try {
    action();
  } catch (error) {
    return error as Error & { code?: string };
  }
  return { message: "nothing was thrown" };
}

describe("options", () => {
  it.each<[string, Taker, object, string, RegExp]>([
    // Misspelled, or named as in another implementation.
    ["a client", client, { headers: {} }, "option/unknown", /headers .*Did you mean fields\?/],
    ["a client", client, { cookie: "a=b" }, "option/unknown", /cookie .*Did you mean cookies\?/],
    ["a client", client, { protocols: [] }, "option/unknown", /Did you mean subprotocols\?/],
    ["a client", client, { fragmentsize: 1 }, "option/unknown", /Did you mean fragmentSize\?/],
    ["a client", client, { maxPayload: 1 }, "option/unknown", /Did you mean limits: \{ message/],
    ["a client", client, { perMessageDeflate: true }, "option/unknown", /Did you mean extensions: \[permessageDeflate/],
    [
      "a client",
      client,
      { skipUTF8Validation: true },
      "option/unknown",
      / There is none: text is always validated .*\.$/,
    ],
    ["a client", client, { orgiin: "x" }, "option/unknown", /Did you mean origin\?/],
    ["a client", client, { offset: 5 }, "option/unknown", /offset is not an option of a client/],
    ["a client", client, { limits: { mesage: 1 } }, "option/unknown", /Did you mean limits\.message\?/],
    ["a client", client, { native: { isUTF8() {} } }, "option/unknown", /Did you mean native\.isUtf8\?/],
    [
      "a client's handshake",
      (given) => new ClientHandshake({ ...opening, ...given }),
      { header: [] },
      "option/unknown",
      /header/,
    ],
    [
      "a server",
      (given) => Endpoint.server(given),
      { cookies: [] },
      "option/unknown",
      /cookies is not an option of a server/,
    ],
    [
      "a server",
      (given) => Endpoint.server(given),
      { verifyClient() {} },
      "option/unknown",
      /Did you mean checkOrigin\?/,
    ],
    [
      "a server's handshake",
      (given) => new ServerHandshake(given),
      { limit: {} },
      "option/unknown",
      /Did you mean limits/,
    ],
    [
      "a connection",
      (given) => new Connection(plainAgreement("server"), given),
      { fields: [] },
      "option/unknown",
      /fields/,
    ],
    [
      "deadlines",
      (given) => new Deadlines(subject(), given),
      { pings: 5 },
      "option/unknown",
      /Did you mean deadlines\.ping\?/,
    ],
    ["deadlines", (given) => DeadlineConfig.of(given), { handshakeTimeout: 5 }, "option/unknown", /deadlines\.opening/],
    [
      "a backoff",
      (given) => new Backoff({ random, ...given }),
      { maxRetries: 5 },
      "option/unknown",
      /Did you mean attempts\?/,
    ],
    [
      "a proxy's handshake",
      (given) => new ProxyHandshake({ host: "a", port: 1, ...given }),
      { headers: [] },
      "option/unknown",
      /fields/,
    ],
    [
      "an answer",
      (given) => answerOpeningRequest(request, given),
      { protocol: "a" },
      "option/unknown",
      /subprotocol\?/,
    ],
    [
      "a rejection",
      (given) => rejectOpeningRequest({ status: 401, ...given }),
      { headers: {} },
      "option/unknown",
      /fields\?/,
    ],
    [
      "a rejection",
      (given) => rejectExtendedConnect({ status: 401, ...given }),
      { code: 1 },
      "option/unknown",
      /status\?/,
    ],
    ["a check", (given) => checkOpeningRequest(head, given), { tolerant: [] }, "option/unknown", /tolerate/],
    ["a check", (given) => checkExtendedConnect([], given), { tolerant: [] }, "option/unknown", /tolerate/],
    ["a message", (given) => server().sendText("x", given), { compres: true }, "option/unknown", /compress\?/],
    [
      "a message",
      (given) => server().sendText("x", given),
      { priority: 1, compres: true },
      "option/unknown",
      /compress\?/,
    ],
    ["a message", (given) => server().sendBinary(new Uint8Array(1), given), { prio: 5 }, "option/unknown", /priority/],
    ["a message", (given) => server().startMessage("text", given), { mask: true }, "option/unknown", /mask/],
    [
      "a Close frame",
      (given) => server().sendClose(1000, "", given),
      { after: true },
      "option/unknown",
      /afterMessages/,
    ],
    // Of the wrong type.
    ["a client", client, { fields: {} }, "option/type", /fields must be a list of \[name, value\] pairs/],
    ["a client", client, { fields: [["Authorization"]] }, "option/type", /fields\[0\] must be a \[name, value\] pair/],
    ["a client", client, { cookies: {} }, "option/type", /cookies must be a list/],
    ["a client", client, { subprotocols: "chat" }, "option/type", /subprotocols must be a list of strings/],
    ["a client", client, { extensions: extension }, "option/type", /extensions must be a list of extensions/],
    [
      "a client",
      client,
      { extensions: [() => extension] },
      "option/type",
      /extensions\[0\] must be an extension.*, but is a function/,
    ],
    ["a client", client, { extensions: [null] }, "option/type", /extensions\[0\]/],
    ["a client", client, { extensions: [{ ...extension, rsv: "x" }] }, "option/type", /extensions\[0\]/],
    ["a client", client, { extensions: [{ ...extension, answer: undefined }] }, "option/type", /extensions\[0\]/],
    ["a client", client, { url: new URL("ws://example.com/") }, "option/type", /url must be a string/],
    ["a client", client, { secure: "yes" }, "option/type", /secure must be true or false/],
    ["a client", client, { random: 5 }, "option/type", /random must be a function/],
    ["a client", client, { native: "127.0.0.1" }, "option/type", /native takes an object of options/],
    [
      "a client",
      client,
      { tolerate: "bare-line-feed" },
      "option/type",
      /tolerate must be a list of the names of leniencies/,
    ],
    ["a client", client, { limits: 5 }, "option/type", /limits takes an object/],
    [
      "a server",
      (given) => Endpoint.server(given),
      { checkOrigin: "x" },
      "option/type",
      /checkOrigin must be a function/,
    ],
    [
      "a server",
      () => Endpoint.server(null as never),
      {},
      "option/type",
      /\. A server takes an object of options, but got null/,
    ],
    ["a server", () => Endpoint.server("x" as never), {}, "option/type", /but got a string/],
    [
      "an answer",
      (given) => answerOpeningRequest(request, given),
      { fields: {} },
      "option/type",
      /fields must be a list/,
    ],
    ["an answer", (given) => answerOpeningRequest(request, given), { extensions: {} }, "option/type", /extensions/],
    [
      "a rejection",
      (given) => rejectOpeningRequest({ status: 401, ...given }),
      { body: {} },
      "option/type",
      /body must be a string or a Uint8Array/,
    ],
    [
      "a message",
      (given) => server().sendText("x", given),
      { compress: "no" },
      "option/type",
      /compress must be true or false/,
    ],
    ["a message", () => server().sendText("x", 5 as never), {}, "option/type", /A message takes an object/],
    [
      "origins",
      () => originCheck("https://example.com" as never),
      {},
      "option/type",
      /origins must be a list of strings/,
    ],
    // Out of range.
    ["a client", client, { tolerate: ["x"] }, "option/range", /tolerate\[0\] must be one of "bare-line-feed"/],
    ["a client", client, { delivery: "stream" }, "option/range", /delivery must be one of "messages", "pieces"/],
    ["a client", client, { fragmentSize: 0 }, "option/range", /fragmentSize must be a number of at least 1/],
    ["a client", client, { limits: { message: -1 } }, "option/range", /limits\.message must be a number of at least 0/],
    ["a server", (given) => Endpoint.server(given), { limits: { head: Number.NaN } }, "option/range", /limits\.head/],
    [
      "a connection",
      (given) => new Connection(plainAgreement("server"), {}, given),
      { offset: -1 },
      "option/range",
      /offset/,
    ],
    [
      "a connection",
      (given) => new Connection(plainAgreement("server"), {}, given),
      { offset: "5" },
      "option/range",
      /offset/,
    ],
    ["deadlines", (given) => new Deadlines(subject(), given), { opening: -1 }, "option/range", /deadlines\.opening/],
    ["a backoff", (given) => new Backoff({ random, ...given }), { factor: 0.5 }, "option/range", /factor/],
    ["origins", () => originCheck([], "x" as never), {}, "option/range", /absent must be one of/],
    ["a message", (given) => server().sendText("x", given), { priority: 1.5 }, "send/priority", /./],
  ])("of %s are checked, and the error names what is wrong [R25]: %#", (_, take, given, code, message) => {
    const fault = faultOf(() => take(given));
    expect([fault.code, fault.message]).toEqual([code, expect.stringMatching(message)]);
  });

  it("are checked before an Extended CONNECT is made or answered [R25]", () => {
    expect(faultOf(() => openExtendedConnect({ url: "ws://a/", headers: [] } as never, 1)).code).toBe("option/unknown");
    expect(faultOf(() => answerExtendedConnect(request, { headers: [] } as never)).code).toBe("option/unknown");
  });

  it("that are undefined count as omitted [R25]", () => {
    const nothing = undefined;
    const limits = { message: nothing, head: 1_000 };
    const endpoint = Endpoint.client({
      ...opening,
      fields: nothing,
      cookies: nothing,
      limits,
      headers: nothing,
    } as never);
    expect([endpoint.limits.message, endpoint.limits.head]).toEqual([16_777_216, 1_000]);
    Endpoint.server({ extensions: nothing, checkOrigin: nothing, limits: nothing, tolerate: nothing, native: nothing });
    const connection = new Connection(
      plainAgreement("server"),
      { limits: nothing, random: nothing },
      { offset: nothing },
    );
    connection.sendText("x", { priority: nothing, compress: nothing });
    connection.sendClose(1000, "", { afterMessages: nothing });
    new Deadlines(connection, { opening: nothing, ping: nothing });
    new Backoff({ random, firstDelay: nothing, attempts: nothing });
    rejectOpeningRequest({ status: 401, fields: nothing, body: nothing, reasonPhrase: nothing });
  });

  it("of a client and its connection may be one object [R25]", () => {
    const options = { random, extensions: [], limits: {}, fragmentSize: 5, delivery: "pieces" as const };
    new ClientHandshake({ url: "ws://example.com/", ...options });
    new Connection(plainAgreement("client"), options);
    new ServerHandshake(options);
  });
});
