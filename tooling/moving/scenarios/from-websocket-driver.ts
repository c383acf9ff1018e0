/** The scenarios of `docs/guide/from-websocket-driver.md`, by heading. */
import type { Scenario } from "../scenario.ts";
import { withClient, withoutReason, withServer } from "./with-peers.ts";

export const fromWebSocketDriver: Readonly<Record<string, Scenario>> = {
  "Bytes in, bytes out": {
    expected: [
      "chat",
      "text hello",
      "binary 1,2,3",
      "pong are you there",
      "close 1000",
      "gone",
      undefined,
      "close 1009",
      "gone",
    ],
    play: withServer(async (open) => {
      const peer = await open("/", { "Sec-WebSocket-Protocol": "other, chat" });
      peer.send("hello");
      peer.send(Uint8Array.of(1, 2, 3));
      const echoes = await peer.take(2);
      peer.ping("are you there");
      const pong = await peer.next();
      peer.close(1000);
      const end = await peer.rest();
      const other = await open();
      const protocol = await other.field("sec-websocket-protocol");
      other.send(new Uint8Array(1_000_001));
      return [
        await peer.field("sec-websocket-protocol"),
        ...echoes,
        pong,
        ...end,
        protocol,
        ...(await other.rest()).map(withoutReason),
      ];
    }),
  },

  "A server over streams": {
    expected: ["seen=1", "text hello", "binary 1,2,3", "close 1001", "gone", "1001 going away"],
    play: withServer(async (open, program) => {
      const peer = await open();
      peer.send("hello");
      peer.send(Uint8Array.of(1, 2, 3));
      const echoes = await peer.take(2);
      peer.close(1001, "going away");
      const end = (await peer.rest()).map(withoutReason);
      return [await peer.field("set-cookie"), ...echoes, ...end, ...(await program.lines(1))];
    }),
  },

  "Beside an HTTP server": {
    expected: ["v2", "text welcome to /chat, v2", "close 4000 that was enough", "gone"],
    play: withServer(async (open) => {
      const peer = await open("/chat", { "Sec-WebSocket-Protocol": "v3, v2, v1" });
      peer.send("hello");
      return [await peer.field("sec-websocket-protocol"), ...(await peer.rest())];
    }),
  },

  "A client over streams": {
    expected: ["Bearer 7f3a91", "chat", "ping", "text hello", "close 1000", "gone", "chat: hi", "1000"],
    play: withClient(async (next, program) => {
      const peer = await next();
      const fields = [await peer.field("authorization"), await peer.field("sec-websocket-protocol")];
      await peer.accept({ "Sec-WebSocket-Protocol": "chat" });
      const messages = await peer.take(2);
      peer.send("hi");
      return [...fields, ...messages, ...(await peer.rest()), ...(await program.lines(2))];
    }),
  },
};
