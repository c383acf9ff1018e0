/** Conversations with `ws` over loopback sockets with compression, as its client and as its server. */

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { Endpoint, type EndpointEvent } from "@hybi/core";
import { type PermessageDeflateOptions, permessageDeflate } from "@hybi/permessage-deflate";
import { zlibCodec } from "@hybi/permessage-deflate/zlib";
import { concatBytes, utf8Bytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer, type PerMessageDeflateOptions as WsOptions } from "ws";
import { noise } from "../arbitraries.ts";
import { codecs } from "../codecs.ts";
import { countingSource } from "../wire.ts";

const messages: readonly (string | Uint8Array)[] = [
  "",
  "Hello",
  JSON.stringify(Array.from({ length: 200 }, (_, id) => ({ id, name: `name ${id % 13}`, square: id ** 2 }))),
  JSON.stringify(Array.from({ length: 200 }, (_, id) => ({ id, name: `name ${id % 13}`, square: id ** 2 }))),
  "é€😀".repeat(2000),
  new Uint8Array(0),
  noise(70_000, 1),
  new Uint8Array(200_000),
  concatBytes([noise(30_000, 2), utf8Bytes("and again"), noise(30_000, 2)]),
  "Hello",
];

const shown = (message: string | Uint8Array): string =>
  typeof message === "string" ? `text ${message}` : `binary ${Buffer.from(message).toString("base64")}`;

/** Runs an endpoint over a socket, and passes its messages to `onMessage`. */
function run(endpoint: Endpoint, socket: Socket, onEvent: (event: EndpointEvent) => void): () => void {
  const write = (): void => {
    for (const chunk of endpoint.takeOutput()) socket.write(chunk);
    if (endpoint.transportAction === "end") socket.end();
  };
  const react = (events: readonly EndpointEvent[]): void => {
    for (const event of events) {
      if (event.type === "request") react(endpoint.accept());
      onEvent(event);
    }
    write();
  };
  socket.on("data", (chunk: Buffer) => react(endpoint.receive(new Uint8Array(chunk))));
  socket.on("end", () => react(endpoint.receiveEnd()));
  write();
  return write;
}

const send = (endpoint: Endpoint, message: string | Uint8Array): void => {
  if (typeof message === "string") endpoint.sendText(message);
  else endpoint.sendBinary(message);
};

const agreements: readonly (readonly [string, WsOptions, PermessageDeflateOptions])[] = [
  ["with windows taken over", { threshold: 0 }, { threshold: 0 }],
  [
    "without",
    { threshold: 0, serverNoContextTakeover: true, clientNoContextTakeover: true },
    { threshold: 0, serverNoContextTakeover: true, clientNoContextTakeover: true },
  ],
  [
    "with small windows",
    { threshold: 0, serverMaxWindowBits: 10, clientMaxWindowBits: 9 },
    { threshold: 0, serverMaxWindowBits: 9, fallback: true },
  ],
  [
    "with the smallest windows",
    { threshold: 0, serverMaxWindowBits: 9 },
    { threshold: 0, serverMaxWindowBits: 9, clientMaxWindowBits: 8 },
  ],
];

describe.each([["by default", undefined], ...codecs] as const)("permessage-deflate, codec %s", (_name, codec) => {
  it.each(agreements)("the client and a server of ws exchange messages %s", async (_title, wsOptions, options) => {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: wsOptions });
    server.on("connection", (peer) => peer.on("message", (data, isBinary) => peer.send(data, { binary: isBinary })));
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;

    const endpoint = Endpoint.client({
      url: `ws://127.0.0.1:${port}/`,
      random: countingSource(),
      extensions: [permessageDeflate({ codec, ...options })],
    });
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    const received: string[] = [];
    await new Promise<void>((resolve, reject) => {
      const write = run(endpoint, socket, (event) => {
        if (event.type === "open") {
          for (const message of messages) send(endpoint, message);
        } else if (event.type === "text" || event.type === "binary") {
          received.push(shown(event.data));
          if (received.length === messages.length) endpoint.sendClose(1000);
        } else if (event.type === "failure") reject(new Error(event.violation.code));
        else if (event.type === "end") resolve();
        else write();
      });
    });
    expect(endpoint.agreement?.extensions.map(({ name }) => name)).toEqual(["permessage-deflate"]);
    expect(received).toEqual(messages.map(shown));
    server.close();
  });

  it.each(agreements)("the server and a client of ws exchange messages %s", async (_title, wsOptions, options) => {
    const server = createServer((socket) => {
      const endpoint = Endpoint.server({ extensions: [permessageDeflate({ codec, ...options })] });
      run(endpoint, socket, (event) => {
        if (event.type === "text" || event.type === "binary") send(endpoint, event.data);
        if (event.type === "failure") throw new Error(event.violation.code);
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");

    const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`, {
      perMessageDeflate: wsOptions,
    });
    const received: string[] = [];
    client.on("open", () => {
      for (const message of messages) client.send(message);
    });
    client.on("message", (data: Buffer, isBinary) => {
      received.push(shown(isBinary ? new Uint8Array(data) : data.toString()));
      if (received.length === messages.length) client.close();
    });
    await once(client, "close");
    expect(client.extensions).toContain("permessage-deflate");
    expect(received).toEqual(messages.map(shown));
    server.close();
  });
});

it("a decompression bomb sent by ws stops at the limit", async () => {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: true });
  server.on("connection", (peer) => peer.send(new Uint8Array(20_000_000)));
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const endpoint = Endpoint.client({
    url: `ws://127.0.0.1:${port}/`,
    random: countingSource(),
    extensions: [permessageDeflate({ codec: zlibCodec })],
    limits: { message: 1_000_000 },
  });
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  const failure = await new Promise<string>((resolve) => {
    run(endpoint, socket, (event) => {
      if (event.type === "failure") resolve(event.violation.code);
    });
  });
  expect(failure).toBe("message/too-big");
  socket.destroy();
  server.close();
});
