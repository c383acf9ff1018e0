/** The opening deadline of a client: one deadline for the whole opening. */
import { describe, expect, it } from "vitest";
import { createWebSocketClass } from "../../src/client/create-websocket-class.ts";
import { OpeningError } from "../../src/failure/opening-error.ts";
import { WebSocketServer } from "../../src/server/server.ts";
import { createTransportPair } from "../../src/transport/pair.ts";
import { TestClock, until } from "../support/clock.ts";
import { story, World } from "../support/link.ts";

const tooLate = "error 3 The opening handshake was not completed in time. (deadline/opening, RFC 9110 §15.5.9)";
const noTransport = "error 3 The transport could not be opened in time. (deadline/opening, RFC 9110 §15.5.9)";

describe("the opening deadline", () => {
  it("covers all redirects of a socket, however slow each response is [A13]", async () => {
    const world: World = new World({
      server: { deadlines: { opening: Number.POSITIVE_INFINITY } },
      handler: async (opening) => {
        await new Promise<void>((resolve) => void world.clock.setTimeout(resolve, 400));
        opening.reject({ status: 307, fields: [["Location", `${opening.request.resourceName}1`]] });
      },
    });
    const socket = new world.WebSocket("ws://example.com/", { followRedirects: 20, deadlines: { opening: 1_000 } });
    const lines = story(socket);
    await until(() => world.near.length === 1);
    await world.clock.advance(999);
    expect([world.near.length, lines]).toEqual([3, []]);
    await world.clock.advance(1);
    expect(lines).toEqual([tooLate, "close 3 1006 unclean"]);
    await world.clock.advance(5_000);
    expect(world.near).toHaveLength(3);
  });

  it("covers opening the transport and the handshake together [A13]", async () => {
    const clock = new TestClock();
    const server = new WebSocketServer(() => new Promise(() => {}), { runtime: { clock } });
    // For example a DNS lookup, several addresses to try, a proxy, or TLS.
    const WebSocket = createWebSocketClass(
      async () => {
        await new Promise<void>((resolve) => void clock.setTimeout(resolve, 900));
        const [near, far] = createTransportPair();
        server.receive(far);
        return near;
      },
      { runtime: { clock } },
    );
    const socket = new WebSocket("ws://slow.example/", { deadlines: { opening: 1_000 } });
    const lines = story(socket);
    await clock.advance(999);
    expect([server.connections, lines]).toEqual([1, []]);
    await clock.advance(1);
    expect(lines).toEqual([tooLate, "close 3 1006 unclean"]);
  });

  it("keeps running while a redirect waits for its turn, and for adapters with a handshake of their own [A13]", async () => {
    const clock = new TestClock();
    let asked = 0;
    const WebSocket = createWebSocketClass(
      async ({ url }) => {
        if (url.host === "busy.example") return new Promise<never>(() => {});
        asked++;
        await new Promise<void>((resolve) => void clock.setTimeout(resolve, 300));
        const to = asked < 3 ? "ws://hop.example/" : "ws://busy.example/";
        const response = { status: 307, reasonPhrase: "", minorVersion: 1, fields: [["Location", to]] } as const;
        throw new OpeningError({ kind: "rejected", response, body: new Uint8Array(0) });
      },
      { runtime: { clock } },
    );
    const busy = new WebSocket("ws://busy.example/", { deadlines: { opening: Number.POSITIVE_INFINITY } });
    const socket = new WebSocket("ws://hop.example/", { followRedirects: 20, deadlines: { opening: 1_000 } });
    const lines = story(socket);
    await clock.advance(999);
    expect([asked, lines]).toEqual([3, []]);
    await clock.advance(1);
    expect(lines).toEqual([noTransport, "close 3 1006 unclean"]);
    expect(clock.due).toEqual([]);
    busy.close();
  });

  it("starts anew for each socket [A13]", async () => {
    const world = new World({ handler: () => new Promise(() => {}) });
    for (let count = 0; count < 2; count++) {
      const socket = new world.WebSocket("ws://example.com/", { deadlines: { opening: 1_000 } });
      const lines = story(socket);
      await world.clock.advance(999);
      expect(lines).toEqual([]);
      await world.clock.advance(1);
      expect(lines).toHaveLength(2);
    }
  });
});
