/** Messages between the browser's WebSocket and our server once they are connected. */
import { permessageDeflate } from "@hybi/permessage-deflate/zlib";
import { expect, it } from "vitest";
import { isPattern, pattern } from "./in-page/pattern.ts";
import { Arrivals, echo, echoTo } from "./servers.ts";
import { ways } from "./site.ts";
import { describeInPage } from "./world.ts";

const mebibyte = 1_048_576;

describeInPage("a page", ways, (world) => {
  it("exchanges text, empty text, and text with several bytes per character", async () => {
    world.site.serve(echo);
    const texts = ["hello", "", "Grüße 👋", "ä".repeat(70_000), "\u{feff}with a mark in front", "\u0000"];
    const echoed = await world.page.evaluate(
      async ([url, all]) => {
        const peer = await inPage.open(url);
        for (const text of all) peer.socket.send(text);
        const received: unknown[] = [];
        for (const _ of all) received.push(await peer.message());
        peer.socket.close();
        return received;
      },
      [world.url, texts] as const,
    );
    expect(echoed).toEqual(texts);
  });

  it.each(["arraybuffer", "blob"] as const)("exchanges bytes of every kind, and receives them as %s", async (kind) => {
    world.site.serve(echo);
    const echoed = await world.page.evaluate(
      async ([url, binaryType]) => {
        const peer = await inPage.open(url, [], binaryType);
        const bytes = Uint8Array.of(0x00, 0x7f, 0x80, 0xff);
        // The empty message is not the last: over HTTP/2, Chromium 156 delays an empty message until another follows.
        const sent = [bytes, bytes.buffer, new Uint8Array(0), new DataView(bytes.buffer, 1, 2), new Blob([bytes])];
        for (const data of sent) peer.socket.send(data);
        const received: unknown[] = [];
        for (const _ of sent) {
          const data = await peer.message();
          received.push([data.constructor.name, ...new Uint8Array(await new Response(data).arrayBuffer())]);
        }
        peer.socket.close();
        return received;
      },
      [world.url, kind] as const,
    );
    const name = kind === "blob" ? "Blob" : "ArrayBuffer";
    const whole = [name, 0x00, 0x7f, 0x80, 0xff];
    expect(echoed).toEqual([whole, whole, [name], [name, 0x7f, 0x80], whole]);
  });

  it("receives a message of several MiB that the server sends in fragments, and sends one", async () => {
    const length = 3 * mebibyte + 5;
    const fragmentSize = 16_384;
    const arrivals = new Arrivals();
    world.site.serve(arrivals.handler, { runtime: { fragmentSize } });
    const echoed = world.page.evaluate(
      async ([url, size]) => {
        const peer = await inPage.open(url);
        peer.socket.send(inPage.pattern(size));
        const data = await peer.message();
        peer.socket.close();
        return data instanceof ArrayBuffer && inPage.isPattern(data, size);
      },
      [world.url, length] as const,
    );
    const { socket } = await arrivals.next();
    for await (const data of socket) {
      expect(data instanceof ArrayBuffer && isPattern(data, length)).toBe(true);
      const before = socket.statistics.bytesTaken;
      socket.send(pattern(length));
      expect(await echoed).toBe(true);
      const close = 4;
      // Every fragment has a header of 4 bytes, except the last, which is short enough for one of 2.
      const headers = 4 * Math.floor(length / fragmentSize) + 2;
      expect(socket.statistics.bytesTaken - before - length).toBeLessThanOrEqual(headers + close);
      expect(socket.statistics.bytesTaken - before - length).toBeGreaterThanOrEqual(headers);
      break;
    }
  });

  it("agrees on permessage-deflate, and sends and receives compressed messages", async () => {
    const arrivals = new Arrivals(echoTo);
    world.site.serve(arrivals.handler, { extensions: [permessageDeflate()] });
    const text = "the same again and again, ".repeat(10_000);
    const [agreed, same] = await world.page.evaluate(
      async ([url, long]) => {
        const peer = await inPage.open(url);
        peer.socket.send(long);
        const isSame = (await peer.message()) === long;
        peer.socket.close();
        return [peer.socket.extensions, isSame] as const;
      },
      [world.url, text] as const,
    );
    const { socket } = await arrivals.next();
    expect(agreed).toMatch(/^permessage-deflate/);
    expect(same).toBe(true);
    const { bytesReceived, bytesTaken } = socket.statistics;
    expect(bytesReceived).toBeLessThan(text.length / 50);
    expect(bytesTaken).toBeLessThan(text.length / 50);
  });

  it("exchanges 1,000 messages of all sizes in order, compressed with context takeover", async () => {
    world.site.serve(echo, { extensions: [permessageDeflate({ threshold: 0 })] });
    const wrong = await world.page.evaluate(async (url) => {
      const peer = await inPage.open(url);
      const sent = Array.from({ length: 1_000 }, (_, at) => `${at}:${"xyz".repeat((at * at) % 997)}`);
      for (const text of sent) peer.socket.send(text);
      let different = 0;
      for (const text of sent) if ((await peer.message()) !== text) different++;
      peer.socket.close();
      return different;
    }, world.url);
    expect(wrong).toBe(0);
  });

  it("replies to Pings of the server", async () => {
    const arrivals = new Arrivals();
    world.site.serve(arrivals.handler);
    await world.page.evaluate(async (url) => {
      await inPage.open(url);
    }, world.url);
    const { socket } = await arrivals.next();
    const pong = new Promise<Uint8Array>((resolve) =>
      socket.addEventListener("pong", ({ payload }) => resolve(payload)),
    );
    socket.ping(pattern(125));
    expect(isPattern(await pong, 125)).toBe(true);
    socket.terminate();
  });
});
