/** The scenarios of `docs/guide/from-ws.md`, by heading. */
import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RawPeer, RawServer } from "../raw-peer.ts";
import type { Scenario } from "../scenario.ts";
import { freePort } from "../started-program.ts";
import { withClient, withoutReason, withServer } from "./with-peers.ts";

export const fromWs: Readonly<Record<string, Scenario>> = {
  Echo: {
    expected: [
      "101",
      "text hello",
      "text",
      "binary 1,2,3",
      "binary",
      "binary of 70000 bytes",
      "pong are you there",
      "close 1000",
      "gone",
    ],
    play: withServer(async (open) => {
      const peer = await open();
      for (const data of ["hello", "", Uint8Array.of(1, 2, 3), new Uint8Array(0), new Uint8Array(70_000)])
        peer.send(data);
      const echoes = await peer.take(5);
      peer.ping("are you there");
      const pong = await peer.next();
      peer.close(1000);
      return [await peer.status(), ...echoes, pong, ...(await peer.rest())];
    }),
  },

  Heartbeat: {
    expected: ["ping", "gone", "ping", "ping", "ping"],
    play: withServer(
      async (open) => {
        const dead = await open();
        dead.answersPings = false;
        const living = await open();
        // A difference that the guide names: hybi says 1011 first.
        const end = (await dead.rest()).map(withoutReason).filter((what) => what !== "close 1011");
        return [...end, ...(await living.take(3))];
      },
      { INTERVAL: 200 },
    ),
  },

  Broadcast: {
    expected: [
      "text somebody has come",
      "text somebody has come",
      "text somebody has come",
      "text hello",
      "text hi",
      "binary 7",
    ],
    play: withServer(async (open) => {
      const one = await open();
      const first = await one.next();
      const other = await open();
      const second = [await one.next(), await other.next()];
      one.send("hello");
      const hello = await other.next();
      other.send("hi");
      other.send(Uint8Array.of(7));
      return [first, ...second, hello, ...(await one.take(2))];
    }),
  },

  "Several paths on one HTTP server": {
    expected: ["text news", "text chat", "404"],
    play: withServer(async (open) => {
      const [news, chat, other] = [await open("/news"), await open("/chat?room=1"), await open("/other")];
      return [await news.next(), await chat.next(), await other.status()];
    }),
  },

  "Authentication at the upgrade": {
    expected: ["101", "text hello ada", "401", "Bearer", "401"],
    play: withServer(async (open) => {
      const ada = await open("/", { Authorization: "Bearer 7f3a91" });
      const guess = await open("/", { Authorization: "Bearer guess" });
      const nobody = await open();
      return [
        await ada.status(),
        await ada.next(),
        await guess.status(),
        await guess.field("www-authenticate"),
        await nobody.status(),
      ];
    }),
  },

  "What the HTTP server knows": {
    expected: ["text hello Ada at 127.0.0.1, with a shell", "401"],
    play: withServer(async (open) => {
      const ada = await open("/", { Cookie: "theme=dark; session=7f3a91", "User-Agent": "a shell" });
      const guess = await open("/", { Cookie: "session=guess" });
      return [await ada.next(), await guess.status()];
    }),
  },

  Subprotocols: {
    expected: ["v2", undefined, undefined],
    play: withServer(async (open) => {
      const both = await open("/", { "Sec-WebSocket-Protocol": "v1, v2" });
      const old = await open("/", { "Sec-WebSocket-Protocol": "v1" });
      const none = await open();
      return Promise.all([both, old, none].map((peer) => peer.field("sec-websocket-protocol")));
    }),
  },

  Streams: {
    expected: ["connected", "heard abcdef", "binary 1,2,3", "close 1005", "gone", "the TCP connection has ended"],
    play: async (start) => {
      const sockets: Socket[] = [];
      const tcp = createServer((socket) => sockets.push(socket)).listen(0, "127.0.0.1");
      await once(tcp, "listening");
      try {
        const port = await freePort();
        start({ PORT: port, TCP_PORT: (tcp.address() as { port: number }).port });
        const arrived = once(tcp, "connection") as Promise<[Socket]>;
        const peer = await RawPeer.open({ port, host: "127.0.0.1" });
        const [socket] = await arrived;
        let heard = "";
        socket.on("data", (bytes) => (heard += bytes));
        const ended = once(socket, "close").then(() => "the TCP connection has ended");
        peer.send("abc");
        peer.send(Buffer.from("def"));
        while (heard.length < 6) await once(socket, "data");
        socket.write(Uint8Array.of(1, 2, 3));
        const binary = await peer.next();
        socket.end();
        return ["connected", `heard ${heard}`, binary, ...(await peer.rest()), await ended];
      } finally {
        for (const socket of sockets) socket.destroy();
        tcp.close();
      }
    },
  },

  Compression: {
    expected: [
      ["client_no_context_takeover", "permessage-deflate", "server_max_window_bits=12", "server_no_context_takeover"],
      "compressed text of 10000 bytes",
      "text short",
      undefined,
      "text of 10000 bytes",
    ],
    play: withServer(async (open) => {
      const peer = await open("/", { "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits" });
      const other = await open();
      const agreed = (await peer.field("sec-websocket-extensions"))?.split(/;\s*/).sort();
      return [agreed, ...(await peer.take(2)), await other.field("sec-websocket-extensions"), await other.next()];
    }),
  },

  "The longest message": {
    expected: ["text 1000 bytes", "close 1009", "gone"],
    play: withServer(async (open) => {
      const peer = await open();
      peer.send("a".repeat(1_000));
      const answer = await peer.next();
      peer.send("a".repeat(1_001));
      return [answer, ...(await peer.rest()).map(withoutReason)];
    }),
  },

  "A deadline for the first message": {
    expected: ["text welcome", "gone", "pong still here"],
    play: withServer(
      async (open) => {
        const silent = await open();
        const peer = await open();
        peer.send("hello");
        const welcome = await peer.next();
        const end = await silent.rest();
        peer.ping("still here");
        return [welcome, ...end, await peer.next()];
      },
      { PATIENCE: 500 },
    ),
  },

  "Closing with a code": {
    expected: [
      "close 4000 that was enough",
      "gone",
      "4000 ",
      "close 1001",
      "gone",
      "1001 going away",
      "1005 ",
      "1006 ",
    ],
    play: withServer(async (open, program) => {
      const peer = await open();
      peer.send("hello");
      const end = await peer.rest();
      const [first] = await program.lines(1);
      const going = await open();
      going.close(1001, "going away");
      const other = (await going.rest()).map(withoutReason);
      const [, second] = await program.lines(2);
      const silent = await open();
      silent.frame(0x8, Buffer.alloc(0));
      const [, , third] = await program.lines(3);
      const lost = await open();
      lost.destroy();
      const [, , , fourth] = await program.lines(4);
      return [...end, first, ...other, second, third, fourth];
    }),
  },

  "A client": {
    expected: ["Bearer 7f3a91", "https://app.example", "v2", undefined, "text hello", "close 1000", "v2: hi", "1000"],
    play: withClient(async (next, program) => {
      const peer = await next();
      const names = ["authorization", "origin", "sec-websocket-protocol", "sec-websocket-extensions"];
      const fields = [];
      for (const name of names) fields.push(await peer.field(name));
      await peer.accept({ "Sec-WebSocket-Protocol": "v2" });
      const hello = await peer.next();
      peer.send("hi");
      return [...fields, hello, await peer.next(), ...(await program.lines(2))];
    }),
  },

  "A client that is rejected": {
    expected: ["503, 120", 0],
    play: withClient(async (next, program) => {
      const peer = await next();
      await peer.head();
      peer.reject("503 Service Unavailable", { "Retry-After": "120" });
      return [...(await program.lines(1)), await program.exit()];
    }),
  },

  "Through a proxy": {
    expected: ["CONNECT to the server, Basic dXNlcjpwYXNzd29yZA==", "hello through the proxy"],
    play: async (start) => {
      const server = await RawServer.listen();
      const asked: string[] = [];
      const proxy = createHttpServer().on("connect", ({ url, headers }, socket) => {
        const isOurs = `ws://${url}` === server.url;
        asked.push(`CONNECT to ${isOurs ? "the server" : url}, ${headers["proxy-authorization"]}`);
        const onward = connect(Number(new URL(server.url).port), "127.0.0.1", () => {
          socket.write("HTTP/1.1 200 OK\r\n\r\n");
          socket.pipe(onward).pipe(socket);
        });
        for (const end of [socket, onward]) end.on("error", () => {});
      });
      proxy.listen(0, "127.0.0.1");
      await once(proxy, "listening");
      try {
        const { port } = proxy.address() as { port: number };
        const program = start({ URL: server.url, PROXY: `http://user:password@127.0.0.1:${port}` });
        const peer = await server.next();
        await peer.accept();
        peer.send("hello through the proxy");
        return [...asked, ...(await program.lines(1))];
      } finally {
        proxy.closeAllConnections();
        proxy.close();
        server.close();
      }
    },
  },

  "An agent": {
    expected: ["127.0.0.2", "hello, over connection 1"],
    play: withClient(async (next, program) => {
      const peer = await next();
      await peer.accept();
      peer.send("hello");
      return [peer.remoteAddress, ...(await program.lines(1))];
    }),
  },

  "Unix sockets": {
    expected: ["you asked for /chat", "text you asked for /news"],
    play: async (start) => {
      const path = join(await mkdtemp(join(tmpdir(), "hybi-")), "app.sock");
      const program = start({ SOCKET_PATH: path });
      const lines = await program.lines(1);
      const peer = await RawPeer.open({ path }, "/news");
      return [...lines, await peer.next()];
    },
  },

  "When a message has left": {
    expected: [...Array(10).fill("binary of 100000 bytes"), "text that was all", "close 1000", "sent", "not sent"],
    play: withClient(async (next, program) => {
      const peer = await next();
      await peer.accept();
      return [...(await peer.take(12)), ...(await program.lines(2))];
    }),
  },

  "Round-trip time": {
    expected: ["ping", "measured", "close 1000"],
    play: withClient(async (next, program) => {
      const peer = await next();
      await peer.accept();
      const ping = await peer.next();
      return [ping, ...(await program.lines(1)), await peer.next()];
    }),
  },

  "Shutting down": {
    expected: ["close 1001 a new version", "gone", "close 1001 a new version", "gone", 0],
    play: withServer(async (open, program) => {
      const peers = [await open(), await open()];
      program.signal("SIGTERM");
      const ends = await Promise.all(peers.map((peer) => peer.rest()));
      return [...ends.flat(), await program.exit()];
    }),
  },
};
