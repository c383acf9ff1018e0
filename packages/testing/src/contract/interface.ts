/**
 * The classes that an adapter exports must be the web platform interfaces themselves, not subclasses of them (Web IDL
 * §3.7).
 */
import type { WebSocket } from "@hybi/websocket";
import type { TestedAdapter } from "./adapter.ts";
import type { Runner } from "./runner.ts";
import { closed, next, withServer } from "./world.ts";

export function interfaceContract(adapter: TestedAdapter, { describe, it, expect }: Runner): void {
  const { WebSocket: Socket, WebSocketStream: Stream } = adapter;
  if (Socket === undefined || Stream === undefined) return;

  describe("the classes", () => {
    it("own their members, and inherit from the classes that the standard prescribes [R26]", async () => {
      expect([Object.getPrototypeOf(Socket), Object.getPrototypeOf(Socket.prototype)]).toEqual([
        EventTarget,
        EventTarget.prototype,
      ]);
      expect([Object.getPrototypeOf(Stream), Object.getPrototypeOf(Stream.prototype)]).toEqual([
        Function.prototype,
        Object.prototype,
      ]);
      const { send, close } = Socket.prototype;
      expect([Socket.name, Socket.length, send.length, close.length]).toEqual(["WebSocket", 1, 1, 0]);
      expect([Stream.name, Stream.length, Stream.prototype.close.length]).toEqual(["WebSocketStream", 1, 0]);
      const members = ["url", "readyState", "bufferedAmount", "extensions", "protocol", "binaryType", "send", "close"];
      const handlers = ["onopen", "onmessage", "onerror", "onclose"];
      const constants = ["CONNECTING", "OPEN", "CLOSING", "CLOSED"];
      expect(Object.keys(Socket.prototype).sort()).toEqual([...members, ...handlers, ...constants].sort());
      expect(Object.keys(Stream.prototype).sort()).toEqual(["close", "closed", "opened", "url"]);
    });

    it("have all sockets and streams as instances, including accepted ones [R26]", async () => {
      const accepted: WebSocket[] = [];
      await withServer(
        adapter,
        (opening) => {
          if (opening.request.resourceName === "/stream") opening.acceptStream();
          else accepted.push(opening.accept());
        },
        async ({ url }) => {
          class Chat extends Socket {}
          const sockets = [await adapter.connect(url), new Chat(url)];
          await new Promise((resolve) => sockets[1]!.addEventListener("open", resolve));
          for (const socket of [...sockets, ...accepted]) {
            expect([socket instanceof Socket, String(socket)]).toEqual([true, "[object WebSocket]"]);
          }
          expect([...sockets, ...accepted].map((socket) => socket instanceof Chat)).toEqual([
            false,
            true,
            false,
            false,
          ]);
          const ended = next(sockets[1]!, "close");
          sockets[1]!.close(1000);
          expect(closed(await ended)).toEqual([1000, "", true]);
          const stream = new Stream(`${url}stream`);
          await stream.opened;
          expect([stream instanceof Stream, String(stream)]).toEqual([true, "[object WebSocketStream]"]);
          stream.close();
        },
      );
    });
  });
}
