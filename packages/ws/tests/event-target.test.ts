import { once } from "node:events";
import { WebSocket } from "@hybi/ws";
import { describe, expect, it } from "vitest";
import { open, serve } from "./support/servers.ts";

describe("the half of an EventTarget", () => {
  it("has the constants, on the class and on sockets", async () => {
    const { url } = await serve();
    const socket = await open(url);
    const names = ["CONNECTING", "OPEN", "CLOSING", "CLOSED"] as const;
    expect(Object.keys(WebSocket.prototype)).toEqual(
      expect.arrayContaining(["readyState", "onmessage", "url", "OPEN"]),
    );
    expect(socket.constructor.name).toBe("WebSocket");
    expect(names.map((name) => [WebSocket[name], socket[name]])).toEqual([0, 1, 2, 3].map((value) => [value, value]));
  });

  it("calls the attributes with event objects", async () => {
    const { url } = await serve();
    const socket = new WebSocket(url);
    expect([socket.onopen, socket.onmessage, socket.onclose, socket.onerror]).toEqual([null, null, null, null]);
    const heard: unknown[] = [];
    socket.onopen = (event) => heard.push([event.type, event.target === socket]);
    socket.onmessage = () => expect.unreachable();
    socket.onmessage = ({ type, data, target }) => heard.push([type, data, target === socket]);
    socket.onclose = ({ type, code, reason, wasClean }) => heard.push([type, code, reason, wasClean]);
    await once(socket, "open");
    socket.send("text");
    await once(socket, "message");
    socket.send(Buffer.from("bytes"));
    await once(socket, "message");
    socket.onmessage = null;
    expect(socket.onmessage).toBe(null);
    socket.close(1000);
    await once(socket, "close");
    expect(heard).toEqual([
      ["open", true],
      ["message", "text", true],
      ["message", Buffer.from("bytes"), true],
      ["close", 1000, "", true],
    ]);
  });

  it("adds and removes listeners, once each", async () => {
    const { url } = await serve();
    const socket = await open(url);
    let count = 0;
    const listener = (): void => {
      count++;
    };
    const object = {
      handleEvent({ data }: { data: unknown }): void {
        count += data === "a" ? 10 : 1000;
      },
    };
    socket.addEventListener("message", listener);
    socket.addEventListener("message", listener);
    socket.addEventListener("message", object);
    const add = (): void => {
      count += 100;
    };
    socket.addEventListener("message", add, { once: true });
    socket.addEventListener("other" as never, listener);
    expect(socket.listenerCount("message")).toBe(3);
    socket.send("a");
    await once(socket, "message");
    expect(count).toBe(111);
    socket.removeEventListener("message", listener);
    socket.removeEventListener("message", object);
    expect(socket.listenerCount("message")).toBe(0);
  });

  it("passes errors, with a close that was not clean", async () => {
    const socket = new WebSocket("ws://127.0.0.1:1");
    const heard: unknown[] = [];
    socket.addEventListener("error", ({ type, error, message }) =>
      heard.push([type, error.code, message === error.message]),
    );
    socket.addEventListener("close", ({ code, wasClean }) => heard.push([code, wasClean]));
    await new Promise((resolve) => socket.on("close", resolve));
    expect(heard).toEqual([
      ["error", "ECONNREFUSED", true],
      [1006, false],
    ]);
  });
});
