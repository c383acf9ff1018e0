/** A reconnecting client never gets stuck in a state, leaves no socket behind, and reports everything it cannot send. */

import { describe, expect, it } from "vitest";
import { createWebSocketClass } from "../../src/client/create-websocket-class.ts";
import { whenOpen } from "../../src/client/when-open.ts";
import type { EndedEvent, WaitingEvent } from "../../src/reconnect/events.ts";
import { type OpenSocket, type Reconnecting, type ReconnectOptions, reconnect } from "../../src/reconnect/reconnect.ts";
import { TestClock, turn, until } from "../support/clock.ts";
import { errorIn } from "../support/failures.ts";
import { FakeSocket } from "../support/fake-socket.ts";
import { thrown, World } from "../support/link.ts";

/** A random source that halves the longest delay. */
const half = (target: Uint8Array) => {
  target.fill(0);
  target[3] = 0x80;
};

interface Story {
  readonly client: Reconnecting<FakeSocket>;
  readonly clock: TestClock;
  readonly sockets: FakeSocket[];
  readonly lines: string[];
  readonly ends: EndedEvent[];
  readonly waits: WaitingEvent[];
}

/** Starts a client whose attempts call `hook`, which returns a connecting socket by default. */
function begin(
  hook: (attempt: number) => FakeSocket | Promise<FakeSocket> = () => new FakeSocket(),
  options: ReconnectOptions = {},
): Story {
  const clock = new TestClock();
  const sockets: FakeSocket[] = [];
  const open = async (attempt: number): Promise<FakeSocket> => {
    const socket = await hook(attempt);
    sockets.push(socket);
    return socket;
  };
  const client = reconnect(open, { runtime: { clock, random: half }, firstDelay: 1_000, ...options });
  const story: Story = { client, clock, sockets, lines: [], ends: [], waits: [] };
  client.addEventListener("open", () => story.lines.push("open"));
  client.addEventListener("waiting", (event) => {
    story.waits.push(event);
    story.lines.push(`waiting ${event.delay}`);
  });
  client.addEventListener("ended", (event) => {
    story.ends.push(event);
    story.lines.push(`ended ${event.why}`);
  });
  return story;
}

describe("the result of the hook", () => {
  it.each([2, 3])(
    "counts as lost when it is a socket in state %i, and the client retries [R24]",
    async (readyState) => {
      const { client, clock, sockets, lines } = begin((attempt) => new FakeSocket(attempt < 3 ? readyState : 1));
      await turn();
      expect([client.state, client.socket, ...lines]).toEqual(["waiting", undefined, "waiting 500"]);
      await clock.advance(500);
      expect(lines).toEqual(["waiting 500", "waiting 1500"]);
      // Further events of the first socket are ignored.
      sockets[0]?.closed(1000);
      await clock.advance(1_500);
      expect([client.state, lines.at(-1)]).toEqual(["open", "open"]);
    },
  );

  it("ends the client when it is not a socket [R24]", async () => {
    for (const given of [undefined, null, 5, "ws://example.com/", {}, { readyState: 0 }, new EventTarget()]) {
      const { client, ends } = begin(() => given as unknown as FakeSocket);
      await turn();
      expect(client.state).toBe("ended");
      expect(ends.map(({ why, outcome }) => [why, (errorIn(outcome.failure) as Error).name])).toEqual([
        ["final", "TypeError"],
      ]);
    }
  });

  it("is a failed attempt when the hook throws or its promise rejects [R24]", async () => {
    const error = new Error("no token");
    const thrower: OpenSocket<FakeSocket> = () => {
      throw error;
    };
    for (const hook of [thrower, () => Promise.reject(error)]) {
      const clock = new TestClock();
      const client = reconnect<FakeSocket>(hook, { runtime: { clock, random: half }, attempts: 1 });
      const outcomes: unknown[] = [];
      client.addEventListener("waiting", (event) => outcomes.push(errorIn(event.outcome.failure)));
      await clock.advance(10_000);
      expect([client.state, outcomes]).toEqual(["ended", [error]]);
    }
  });

  it("is closed when it arrives after close(), open or connecting, with the code and reason given there [R24]", async () => {
    for (const readyState of [0, 1]) {
      let give: (socket: FakeSocket) => void = () => {};
      const { client, lines } = begin(() => new Promise((resolve) => (give = resolve)));
      await turn();
      client.close(4000, "bye");
      expect([client.state, ...lines]).toEqual(["ended", "ended closed"]);
      const socket = new FakeSocket(readyState);
      give(socket);
      await turn();
      expect(socket.closedWith).toEqual([[4000, "bye"]]);
      socket.open();
      socket.closed(1000);
      await turn();
      expect([client.state, client.socket, lines.length]).toEqual(["ended", undefined, 1]);
    }
  });

  it("may never arrive: close() ends the client at once [R24]", async () => {
    const { client, clock, lines } = begin(() => new Promise(() => {}));
    await turn();
    client.close();
    expect([client.state, clock.due, lines]).toEqual(["ended", [], ["ended closed"]]);
  });

  it("may be an error after close(), which has no effect [R24]", async () => {
    let fail: (error: unknown) => void = () => {};
    const { client, lines } = begin(() => new Promise((_, reject) => (fail = reject)));
    await turn();
    client.close();
    fail(new Error("too late"));
    await turn();
    expect([client.state, lines]).toEqual(["ended", ["ended closed"]]);
  });
});

describe("close", () => {
  it.each([
    [999, undefined, "InvalidAccessError"],
    [1001, undefined, "InvalidAccessError"],
    [1000, "x".repeat(124), "SyntaxError"],
    [undefined, "ä".repeat(62), "SyntaxError"],
  ])("throws for %s at once in every state, and changes nothing [R24]", async (code, reason, name) => {
    const never = begin(() => new Promise(() => {}));
    const connecting = begin();
    const open = begin(() => new FakeSocket(1));
    const waiting = begin(() => new FakeSocket(3));
    const all = [never, connecting, open, waiting];
    for (const { client } of all) expect(thrown(() => client.close(code, reason)).name).toBe(name);
    await turn();
    for (const { client } of all) expect(thrown(() => client.close(code, reason)).name).toBe(name);
    expect(all.map(({ client }) => client.state)).toEqual(["connecting", "connecting", "open", "waiting"]);
    for (const { client, sockets } of all) {
      client.close(3000);
      for (const socket of sockets) if (socket.readyState === 2) socket.closed(3000);
      expect(client.state).toBe("ended");
      expect(thrown(() => client.close(code, reason)).name).toBe(name);
    }
  });

  it("aborts a socket that is connecting, and the client has ended [R24]", async () => {
    const { client, sockets, lines } = begin();
    await turn();
    const states: unknown[] = [];
    client.addEventListener("ended", () => states.push(sockets[0]?.readyState));
    client.close();
    expect([client.state, lines, states]).toEqual(["ended", ["ended closed"], [2]]);
    sockets[0]?.open().closed();
    await turn();
    expect([client.state, lines]).toEqual(["ended", ["ended closed"]]);
  });

  it("closes an open socket once, and the client ends with it [R24]", async () => {
    const { client, sockets, lines, ends } = begin(() => new FakeSocket(1));
    await turn();
    client.close(undefined, "bye");
    client.close(4000);
    expect([client.state, client.send("x"), sockets[0]?.closedWith]).toEqual(["open", false, [[1000, "bye"]]]);
    sockets[0]?.closed(1000, "bye", true);
    expect([client.state, lines, ends[0]?.outcome.reason]).toEqual(["ended", ["open", "ended closed"], "bye"]);
  });

  it("before the first attempt prevents it [R24]", async () => {
    const { client, sockets } = begin();
    client.close();
    expect(client.state).toBe("ended");
    await turn();
    expect(sockets).toEqual([]);
  });

  it("is final even when it is called within an event or the hook [R24]", async () => {
    const inHook = begin(() => {
      inHook.client.close();
      return new FakeSocket(1);
    });
    await turn();
    expect([inHook.client.state, inHook.sockets[0]?.readyState]).toEqual(["ended", 2]);

    const inOpen = begin(() => new FakeSocket(1));
    inOpen.client.addEventListener("open", () => inOpen.client.close());
    await turn();
    inOpen.sockets[0]?.closed(1000);
    expect(inOpen.lines).toEqual(["open", "ended closed"]);

    const inWaiting = begin(() => new FakeSocket(3));
    inWaiting.client.addEventListener("waiting", () => inWaiting.client.close());
    await turn();
    await inWaiting.clock.advance(100_000);
    expect([inWaiting.lines, inWaiting.clock.due]).toEqual([["waiting 500", "ended closed"], []]);
  });

  it("closes a socket without arguments when the socket rejects them [R24]", async () => {
    const socket = new FakeSocket(1);
    const close = socket.close.bind(socket);
    socket.close = (...args) => {
      if (args.length > 0) throw new RangeError("a code of its own");
      close();
    };
    const { client } = begin(() => socket);
    await turn();
    client.close(4000);
    expect(socket.readyState).toBe(2);
  });
});

describe("a socket of the client", () => {
  it("may fire open twice, or after it was closed, which is handled at most once [R24]", async () => {
    const { client, clock, sockets, lines } = begin();
    await turn();
    sockets[0]?.open().open();
    expect([client.state, lines]).toEqual(["open", ["open"]]);
    sockets[0]?.closed();
    sockets[0]?.open();
    expect(client.state).toBe("waiting");
    await clock.advance(500);
    sockets[1]?.close();
    sockets[1]?.open();
    expect([client.state, client.send("x"), client.queuedLength]).toEqual(["connecting", true, 1]);
    sockets[1]?.closed();
    expect([client.state, lines]).toEqual(["waiting", ["open", "waiting 500", "waiting 1500"]]);
  });

  it("may fail and never close, like that of Node 22: it counts as lost after a second [R24]", async () => {
    const { client, clock, sockets, lines, waits } = begin();
    await turn();
    const error = new Error("Received network error or non-101 status code.");
    sockets[0]?.fail({ error });
    sockets[0]?.fail();
    expect(client.state).toBe("connecting");
    await clock.advance(1_000);
    expect([client.state, lines, errorIn(waits[0]?.outcome.failure)]).toEqual(["waiting", ["waiting 500"], error]);
    expect(sockets[0]?.closedWith.length).toBe(1);
    await clock.advance(500);
    sockets[1]?.fail();
    sockets[1]?.closed();
    expect([client.state, clock.due.length]).toEqual(["waiting", 1]);
  });

  it("is ignored once it is lost [R24]", async () => {
    const { client, clock, sockets, lines } = begin();
    const heard: unknown[] = [];
    client.addEventListener("message", (event) => heard.push(event.data));
    await turn();
    sockets[0]?.open().closed();
    await clock.advance(500);
    sockets[0]?.message("late");
    sockets[0]?.fail();
    sockets[0]?.closed(1000);
    sockets[1]?.open().message("in time");
    expect([client.state, heard, lines]).toEqual(["open", ["in time"], ["open", "waiting 500", "open"]]);
  });

  it("may be closed by the application itself: what is sent meanwhile is queued for the next one [R24]", async () => {
    const { client, clock, sockets } = begin(() => new FakeSocket(1), { outbox: { messages: 1 } });
    await turn();
    client.socket?.close(4000);
    expect([client.send("kept"), client.send("too much"), client.queuedLength]).toEqual([true, false, 4]);
    sockets[0]?.closed(4000, "", true);
    await clock.advance(500);
    expect([sockets[0]?.sent, sockets[1]?.sent, client.queuedLength]).toEqual([[], ["kept"], 0]);
  });
});

describe("a message", () => {
  it("still queued when the socket opened and closed again is sent on the next one, in order [R24]", async () => {
    const { client, clock, sockets } = begin();
    for (const text of ["1", "2", "3"]) client.send(text);
    await turn();
    const first = sockets[0] as FakeSocket;
    const send = first.send.bind(first);
    first.send = (data) => {
      send(data);
      // A message sent from within this call goes to the end of the queue.
      client.send("4");
      first.close();
    };
    first.open();
    expect([first.sent, client.queuedLength]).toEqual([["1"], 3]);
    client.send("5");
    first.closed();
    await clock.advance(500);
    sockets[1]?.open();
    expect([sockets[1]?.sent, client.queuedLength]).toEqual([["2", "3", "4", "5"], 0]);
  });

  it("that the socket rejects with an error is reported, and does not block the others [R24]", async () => {
    const { client, clock, sockets } = begin();
    for (const text of ["1", "bad", "3"]) client.send(text);
    await turn();
    const socket = sockets[0] as FakeSocket;
    const send = socket.send.bind(socket);
    const error = new TypeError("cannot be sent");
    socket.send = (data) => {
      if (data === "bad") throw error;
      send(data);
    };
    socket.open();
    expect([socket.sent, clock.reported, client.state]).toEqual([["1", "3"], [error], "open"]);
    expect(thrown(() => client.send("bad"))).toBe(error);
  });

  it("queued when the client ends is reported with the end [R24]", async () => {
    const { client, ends } = begin(() => new FakeSocket(3));
    client.send("1");
    client.send(Uint8Array.of(2));
    await turn();
    client.send("3");
    client.close();
    expect([ends[0]?.unsent, client.queuedLength]).toEqual([["1", Uint8Array.of(2), "3"], 0]);
  });

  it("that does not fit into the socket's own queue is rejected [R24]", async () => {
    const world = new World({ client: { limits: { queuedOutput: 1_000 } } });
    const client = reconnect(() => new world.WebSocket("ws://example.com/"), {
      runtime: { clock: world.clock, random: half },
    });
    await until(() => client.state === "open");
    expect([client.send("x".repeat(5_000)), client.send("x")]).toEqual([true, false]);
    await until(() => client.state === "waiting");
  });
});

describe("a message listener", () => {
  it("is added to the socket only once the application adds one, so that no early message is lost [R24]", async () => {
    const { client, clock, sockets } = begin(() => new FakeSocket(1));
    await turn();
    expect(sockets[0]?.listeners.message).toBeUndefined();
    client.addEventListener("message", null);
    expect(sockets[0]?.listeners.message).toBeUndefined();
    const heard: unknown[] = [];
    client.addEventListener("message", (event) => heard.push(event.data));
    client.addEventListener("message", () => {});
    expect(sockets[0]?.listeners.message).toBe(1);
    sockets[0]?.message("first");
    sockets[0]?.closed();
    await clock.advance(500);
    sockets[1]?.message("second");
    expect([heard, sockets[1]?.listeners.message]).toEqual([["first", "second"], 1]);
  });
});

describe("messages of a server that sends first", () => {
  it("reach a listener added long after the opening, with a plain socket or an already open one [R24] [R32]", async () => {
    const world = new World({ handler: (opening) => opening.accept().send("welcome") });
    const hooks = [
      () => new world.WebSocket("ws://example.com/"),
      async () => await whenOpen(new world.WebSocket("ws://example.com/")),
      async () => {
        const socket = await whenOpen(new world.WebSocket("ws://example.com/"));
        await turn();
        return socket;
      },
    ];
    for (const hook of hooks) {
      const client = reconnect(hook, { runtime: { clock: world.clock } });
      await until(() => client.state === "open");
      await turn();
      const heard: unknown[] = [];
      client.addEventListener("message", (event) => heard.push(event.data));
      await until(() => heard.length > 0);
      expect(heard).toEqual(["welcome"]);
      client.close();
    }
  });
});

describe("the application's functions", () => {
  it("may close the client, or abort its signal, within shouldReconnect [R24]", async () => {
    for (const how of ["close", "signal"]) {
      for (const readyState of [3, 1]) {
        const controller = new AbortController();
        const { client, clock, sockets, lines } = begin(() => new FakeSocket(readyState), {
          signal: controller.signal,
          shouldReconnect: () => {
            if (how === "close") client.close();
            else controller.abort();
            return true;
          },
        });
        await turn();
        if (readyState === 1) sockets[0]?.closed(1006);
        await clock.advance(100_000);
        expect(lines).toEqual(readyState === 1 ? ["open", "ended closed"] : ["ended closed"]);
        expect([client.state, sockets.length, clock.due]).toEqual(["ended", 1, []]);
      }
    }
  });

  it("must decide synchronously: a promise ends the client, and its rejection is reported [R24] [R03]", async () => {
    const rejected = new Error("nobody knows");
    const { client, clock, lines } = begin(() => new FakeSocket(3), {
      shouldReconnect: (() => Promise.reject(rejected)) as never,
      onError: (error) => void clock.reported.push(error),
    });
    await turn();
    expect([client.state, lines]).toEqual(["ended", ["ended final"]]);
    expect(clock.reported).toEqual([
      new TypeError("shouldReconnect must return true or false, and not a promise."),
      rejected,
    ]);
  });

  it("may throw: an error in shouldReconnect ends the client, and is reported [R24]", async () => {
    const error = new Error("undecided");
    const { client, clock, lines } = begin(() => new FakeSocket(3), {
      shouldReconnect: () => {
        throw error;
      },
    });
    await turn();
    expect([client.state, lines, clock.reported]).toEqual(["ended", ["ended final"], [error]]);
  });
});

/** A signal that counts its listeners. */
function countedSignal(): { controller: AbortController; count: () => number } {
  const controller = new AbortController();
  const { signal } = controller;
  const listeners = new Set<unknown>();
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (type: string, listener: never, options?: never) => {
    listeners.add(listener);
    addEventListener.call(signal, type, listener, options);
  };
  signal.removeEventListener = (type: string, listener: never, options?: never) => {
    listeners.delete(listener);
    removeEventListener.call(signal, type, listener, options);
  };
  return { controller, count: () => listeners.size };
}

describe("a shared signal", () => {
  it("has no listeners left when twenty clients have ended, in whatever state they were [R24]", async () => {
    const { controller, count } = countedSignal();
    const hooks = [
      () => new Promise<FakeSocket>(() => {}),
      () => new FakeSocket(),
      () => new FakeSocket(1),
      () => new FakeSocket(3),
      () => Promise.reject(new TypeError("a mistake")),
    ];
    const stories = Array.from({ length: 20 }, (_, at) => begin(hooks[at % 5], { signal: controller.signal }));
    expect(count()).toBe(20);
    await turn();
    for (const { client, sockets } of stories) {
      client.close();
      sockets[0]?.closed(1000);
      expect(client.state).toBe("ended");
    }
    expect(count()).toBe(0);
    const aborted = Array.from({ length: 3 }, (_, at) => begin(hooks[at], { signal: controller.signal }));
    await turn();
    controller.abort();
    for (const { sockets } of aborted) sockets[0]?.closed(1000);
    expect([aborted.map(({ client }) => client.state), count()]).toEqual([["ended", "ended", "ended"], 0]);
    begin(hooks[0], { signal: controller.signal });
    await turn();
    expect(count()).toBe(0);
  });

  it("has no listeners left of awaited sockets and of streams, whatever happened to them [R24]", async () => {
    const { controller, count } = countedSignal();
    const { signal } = controller;
    const world = new World();
    const refused = createWebSocketClass(() => Promise.reject(new Error("nobody is there")));
    for (let round = 0; round < 3; round++) {
      const socket = await whenOpen(new world.WebSocket("ws://example.com/"), signal);
      await expect(whenOpen(new refused("ws://example.com/"), signal)).rejects.toThrow("nobody is there");
      socket.terminate();
      const stream = new world.WebSocketStream("ws://example.com/", { signal });
      await stream.opened;
      stream.close();
      await stream.closed;
      const givenUp = new world.WebSocketStream("ws://example.com/", { signal });
      givenUp.close();
      await givenUp.closed.catch(() => {});
      expect(count()).toBe(0);
    }
  });
});

describe("opened", () => {
  it("rejects for a socket that is closed, closing, or closed before it was open [R24]", async () => {
    const world = new World({ handler: () => new Promise(() => {}) });
    const never = new world.WebSocket("ws://example.com/");
    const late = whenOpen(never);
    never.close();
    await expect(late).rejects.toMatchObject({ name: "OpeningError" });
    await expect(whenOpen(never)).rejects.toMatchObject({
      name: "OpeningError",
      message: "ws://example.com/: The connection was given up.",
    });

    const open = new World();
    const { client } = await open.connected();
    client.close();
    await expect(whenOpen(client)).rejects.toMatchObject({ name: "OpeningError" });
  });
});
