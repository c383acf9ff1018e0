/** Runtimes whose EventTarget itself calls `on…` handlers, such as Workers (workerd): a handler is still called once. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { platformLooksForHandlers } from "../../src/dom/fire.ts";

const Native = EventTarget;
const nativeLooks = platformLooksForHandlers();

/** Like workerd, looks up the `on…` property of the event's type on the object, and calls it before the listeners. */
class Quirky extends Native {
  override dispatchEvent(event: Event): boolean {
    const found = nativeLooks || (this as unknown as Record<string, unknown>)[`on${event.type}`];
    if (typeof found === "function") found.call(this, event);
    return super.dispatchEvent(event);
  }
}

/** Loads all modules again, on top of the current global EventTarget. */
async function loaded() {
  vi.resetModules();
  const [{ createWebSocketClass }, { createTransportPair }, { WebSocketServer }] = await Promise.all([
    import("../../src/client/create-websocket-class.ts"),
    import("../../src/transport/pair.ts"),
    import("../../src/server/server.ts"),
  ]);
  const server = new WebSocketServer((opening) => {
    const socket = opening.accept();
    socket.onmessage = ({ data }) => socket.send(data);
  });
  const WebSocket = createWebSocketClass(() => {
    const [near, far] = createTransportPair();
    server.receive(far);
    return near;
  });
  return { WebSocket, server };
}

describe.runIf("EventTarget" in globalThis).each([
  ["that looks up handlers", Quirky],
  ["of the standard", Native],
])("on an EventTarget %s", (_, target) => {
  beforeEach(() => {
    vi.stubGlobal("EventTarget", target);
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it("each handler of a client and of a server is called once, in its place among the listeners [R06]", async () => {
    const { WebSocket } = await loaded();
    const calls: string[] = [];
    const socket = new WebSocket("ws://example.com/");
    socket.addEventListener("open", () => calls.push("listener before"));
    socket.onopen = function (this: unknown) {
      calls.push(`handler ${this === socket}`);
      socket.send("hello");
    };
    socket.addEventListener("open", () => calls.push("listener after"));
    const messages: unknown[] = [];
    socket.onmessage = ({ data }) => {
      messages.push(data);
      socket.close();
    };
    await new Promise<void>((resolve) => {
      socket.onerror = () => calls.push("error");
      socket.onclose = () => {
        calls.push("close");
        setTimeout(resolve);
      };
    });
    expect(calls).toEqual(["listener before", "handler true", "listener after", "close"]);
    expect(messages).toEqual(["hello"]);
  });

  it("the same holds for events dispatched by the application, and for events dispatched during them [R06]", async () => {
    const { WebSocket } = await loaded();
    const socket = new WebSocket("ws://example.com/");
    const calls: string[] = [];
    const handler = ({ type }: Event) => {
      calls.push(type);
      // The application sees its handler, even while the handler is called.
      if (socket.onopen !== handler || socket.onerror !== handler) calls.push("hidden");
      if (type === "open") socket.dispatchEvent(new Event("error"));
    };
    socket.onopen = handler;
    socket.onerror = handler;
    socket.dispatchEvent(new Event("open"));
    expect(calls).toEqual(["open", "error"]);
    expect(() => socket.dispatchEvent(undefined as never)).toThrow(TypeError);
    expect(socket.onopen).toBe(handler);
    socket.onopen = null;
    socket.onerror = null;
    socket.dispatchEvent(new Event("open"));
    expect(calls).toHaveLength(2);
    socket.close();
  });

  it("the same holds for a subclass of the application, however it overrides dispatchEvent [R06]", async () => {
    const { WebSocket } = await loaded();
    let dispatched = 0;
    class Chat extends WebSocket {
      override dispatchEvent(event: Event): boolean {
        dispatched++;
        return super.dispatchEvent(event);
      }
    }
    const chat = new Chat("ws://example.com/");
    let opened = 0;
    await new Promise<void>((resolve) => {
      chat.onopen = () => {
        opened++;
        chat.close();
      };
      chat.onclose = () => resolve();
    });
    expect([opened, dispatched]).toEqual([1, 0]);
    chat.onopen = () => opened++;
    chat.dispatchEvent(new Event("open"));
    expect([opened, dispatched]).toEqual([2, 1]);
  });
});
