/**
 * The page origins that a server accepts, however a request arrives: over a transport, with a parsed head, or over a stream.
 */
import type { Fields } from "@hybi/core/opening";
import { describe, expect, it } from "vitest";
import type { ConnectStream } from "../../src/server/pending-connect.ts";
import { type ServerOptions, WebSocketServer } from "../../src/server/server.ts";
import { createTransportPair, type PairedTransport } from "../../src/transport/pair.ts";
import { HandClient } from "../support/by-hand.ts";
import { until } from "../support/clock.ts";

const host = "app.example:8080";

interface Answer {
  readonly status: number;
  readonly body: string;
}

type Ask = (server: WebSocketServer, origin: string | undefined) => Promise<Answer>;

const common = (origin: string | undefined): Fields => [
  ["Sec-WebSocket-Version", "13"],
  ...(origin === undefined ? [] : [["Origin", origin] as const]),
];

const upgradeFields = (origin: string | undefined): Fields => [
  ["Host", host],
  ["Upgrade", "websocket"],
  ["Connection", "Upgrade"],
  ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="],
  ...common(origin),
];

/** Returns what is sent over a transport passed to `receive`. */
async function answered(receive: (far: PairedTransport) => void, request?: string): Promise<Answer> {
  const client = new HandClient({ lingers: true });
  receive(client.far);
  if (request !== undefined) client.write(request);
  await until(() => client.text.includes("\r\n\r\n"));
  client.near.abort();
  return { status: Number(client.status), body: client.text.slice(client.text.indexOf("\r\n\r\n") + 4) };
}

const ways: Readonly<Record<string, Ask>> = {
  "over a transport": (server, origin) => {
    const lines = upgradeFields(origin).map(([name, value]) => `${name}: ${value}\r\n`);
    return answered((far) => server.receive(far), `GET / HTTP/1.1\r\n${lines.join("")}\r\n`);
  },
  "with a parsed head": (server, origin) => {
    const head = { method: "GET", target: "/", minorVersion: 1, fields: upgradeFields(origin) } as const;
    return answered((far) => server.receiveUpgrade(far, head));
  },
  "over a stream": (server, origin) =>
    new Promise((resolve) => {
      const stream: ConnectStream = {
        onLost: undefined,
        accept: ({ status }) => {
          resolve({ status, body: "" });
          return createTransportPair()[0];
        },
        reject: ({ status, body }) => resolve({ status, body: String.fromCharCode(...body) }),
        abort() {},
      };
      const fields: Fields = [
        [":method", "CONNECT"],
        [":protocol", "websocket"],
        [":scheme", "https"],
        [":path", "/"],
        [":authority", host],
        ...common(origin).map(([name, value]) => [name.toLowerCase(), value] as const),
      ];
      server.receiveStream(stream, fields);
    }),
};

describe.each(Object.entries(ways))("a page that connects %s", (_, ask) => {
  const askWith = (origin: string | undefined, options: ServerOptions = {}): Promise<Answer> =>
    ask(new WebSocketServer((opening) => opening.accept(), options), origin);
  const accepted = expect.objectContaining({ status: expect.toSatisfy((status) => status < 300) });

  it.each([undefined, `https://${host}`, `http://${host}`, `HTTPS://APP.example:8080`])(
    "is accepted by default with the origin %s, which matches the request's host or belongs to no page [H13]",
    async (origin) => expect(await askWith(origin)).toEqual(accepted),
  );

  it.each([
    "https://evil.example",
    "https://app.example",
    "http://app.example:8081",
    "https://app.example:8080.evil.example",
    "https://evil.example@app.example:8080",
    "https://app.example:8080/",
    "file://app.example:8080",
    "app.example:8080",
    "null",
    "<script>",
  ])(
    "is rejected by default with the origin %s: the response names the option, not the request [H13]",
    async (origin) => {
      const { status, body } = await askWith(origin);
      expect(status).toBe(403);
      expect(body).toContain("`origins`");
      expect(body).toContain('origins: "any"');
      expect(body).not.toContain("evil");
      expect(body).not.toContain("<");
      expect(body).not.toContain("app.example");
    },
  );

  it("is accepted with any origin, or none, with origins: any [H13]", async () => {
    for (const origin of ["https://evil.example", "null", "nonsense"]) {
      expect(await askWith(origin, { origins: "any" })).toEqual(accepted);
    }
  });

  it("is accepted with a listed origin and no other, not even the request's host [H13]", async () => {
    const options = { origins: ["https://page.example"] };
    expect(await askWith("https://page.example", options)).toEqual(accepted);
    const refused = await askWith(`https://${host}`, options);
    expect(refused).toMatchObject({ status: 403, body: expect.stringContaining("`origins`") });
    expect((await askWith("null", { origins: [] })).status).toBe(403);
  });

  it("is accepted by checkOrigin alone when it is given [H13]", async () => {
    expect(await askWith("null", { origins: [], checkOrigin: () => undefined })).toEqual(accepted);
  });
});

describe("onFailure", () => {
  it("receives the rejection of a page, with the option that would accept it [H13]", async () => {
    const told: unknown[] = [];
    const server = new WebSocketServer(() => {}, { onFailure: (failure) => told.push(failure) });
    await ways["over a stream"]?.(server, "https://evil.example");
    expect(told).toMatchObject([
      {
        kind: "violation",
        violation: { code: "opening/origin-refused", message: expect.stringContaining("`origins`") },
      },
    ]);
  });
});
