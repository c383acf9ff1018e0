/** The scenarios of `docs/guide/from-reconnecting-websocket.md`, by heading. */
import type { Scenario } from "../scenario.ts";
import { withClient, withoutReason } from "./with-peers.ts";

export const fromReconnectingWebSocket: Readonly<Record<string, Scenario>> = {
  "Coming back": {
    expected: ["text before the opening", "text after the loss", "hello again"],
    play: withClient(async (next, program) => {
      const first = await next();
      await first.accept();
      const before = await first.next();
      first.destroy();
      const second = await next();
      await second.accept();
      const after = await second.next();
      second.send("hello again");
      return [before, after, ...(await program.lines(1))];
    }),
  },

  "A fresh URL for each attempt": {
    expected: ["GET /?token=token-1 HTTP/1.1", "GET /?token=token-2 HTTP/1.1", "GET /?token=token-3 HTTP/1.1"],
    play: withClient(async (next) => {
      const rejected = await next();
      const first = (await rejected.head()).firstLine;
      rejected.reject("503 Service Unavailable");
      const lost = await next();
      const second = (await lost.head()).firstLine;
      await lost.accept();
      lost.destroy();
      return [first, second, (await (await next()).head()).firstLine];
    }),
  },

  "A deadline for the opening": {
    expected: ["gone", "text open at last"],
    play: withClient(async (next) => {
      const silent = await next();
      await silent.head();
      const end = await silent.rest();
      const peer = await next();
      await peer.accept();
      return [...end, await peer.next()];
    }),
  },

  "Staying away": {
    expected: ["close 4000", "close 4001", "ended: 4001 logged out", 0],
    play: withClient(async (next, program) => {
      const lost = await next();
      await lost.accept();
      lost.close(4000, "come back");
      const back = withoutReason(await lost.next());
      const peer = await next();
      await peer.accept();
      peer.close(4001, "logged out");
      const away = withoutReason(await peer.next());
      // It ends by itself: there is no third connection to wait for.
      return [back, away, ...(await program.lines(1)), await program.exit()];
    }),
  },

  "Giving up": {
    expected: ["three attempts", 0],
    play: withClient(async (next, program) => {
      for (let attempt = 0; attempt < 3; attempt++) {
        const peer = await next();
        await peer.head();
        peer.reject("503 Service Unavailable");
      }
      return ["three attempts", await program.exit()];
    }),
  },

  partysocket: {
    expected: ["v2", "v1", "text v1: hello", "close 4001", 0],
    play: withClient(async (next, program) => {
      const lost = await next();
      const first = await lost.field("sec-websocket-protocol");
      await lost.accept({ "Sec-WebSocket-Protocol": "v2" });
      lost.destroy();
      const peer = await next();
      const second = await peer.field("sec-websocket-protocol");
      await peer.accept({ "Sec-WebSocket-Protocol": "v1" });
      peer.send("hello");
      const answer = await peer.next();
      peer.close(4001, "logged out");
      return [first, second, answer, withoutReason(await peer.next()), await program.exit()];
    }),
  },
};
