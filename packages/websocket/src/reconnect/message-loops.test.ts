import { describe, expect, it } from "vitest";
import { FakeSocket } from "../../tests/support/fake-socket.ts";
import { asyncDisposeSymbol } from "../dom/async-disposal.ts";
import { ReconnectError } from "./message-loops.ts";
import { type Reconnecting, type ReconnectOptions, reconnect } from "./reconnect.ts";

/** A fake socket that can be paused, as those of this package. */
class PausableSocket extends FakeSocket {
  isPaused = false;

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }
}

interface Started {
  readonly client: Reconnecting<never>;
  readonly sockets: PausableSocket[];
  /** Ends the wait between two attempts. */
  readonly goOn: () => Promise<void>;
}

const settled = async (): Promise<void> => {
  for (let count = 0; count < 3; count++) await new Promise<void>((resolve) => setTimeout(resolve));
};

/** A client whose sockets are fakes, and whose timers fire when the test says so. */
async function started(options: ReconnectOptions = {}): Promise<Started> {
  const sockets: PausableSocket[] = [];
  const timers = new Set<() => void>();
  const clock = {
    now: () => 0,
    setTimeout: (task: () => void) => timers.add(task) && task,
    clearTimeout: (task: unknown) => void timers.delete(task as () => void),
  };
  const client = reconnect(
    () => {
      sockets.push(new PausableSocket());
      return sockets.at(-1) as never;
    },
    { ...options, runtime: { clock } },
  );
  await settled();
  const goOn = async (): Promise<void> => {
    const before = sockets.length;
    for (let count = 0; count < 20 && sockets.length === before; count++) {
      for (const task of [...timers]) {
        timers.delete(task);
        task();
      }
      await settled();
    }
  };
  return { client, sockets, goOn };
}

/** Collects what a loop takes, until it is over. */
function collect(client: AsyncIterable<unknown>): { taken: unknown[]; over: Promise<unknown> } {
  const taken: unknown[] = [];
  const over = (async () => {
    for await (const message of client) taken.push(message);
    return "over";
  })().catch((error: unknown) => error);
  return { taken, over };
}

describe("a loop over a reconnecting client", () => {
  it("takes the messages of all connections in order, and ends when the client is closed", async () => {
    const { client, sockets, goOn } = await started();
    const { taken, over } = collect(client);
    sockets[0]?.open().message("one");
    sockets[0]?.message(Uint8Array.of(2).buffer);
    sockets[0]?.closed(1006);
    await goOn();
    sockets[1]?.open().message("three");
    await settled();
    expect(taken).toEqual(["one", Uint8Array.of(2).buffer, "three"]);
    client.close();
    sockets[1]?.message("four");
    sockets[1]?.closed(1000);
    expect(await over).toBe("over");
    expect(taken.at(-1)).toBe("four");
    expect(await collect(client).over).toBe("over");
  });

  it("takes what has arrived before it throws that the client has given up", async () => {
    const { client, sockets } = await started({ attempts: 1 });
    const iterator = client[Symbol.asyncIterator]();
    const first = iterator.next();
    sockets[0]?.open().message("one");
    sockets[0]?.message("two");
    sockets[0]?.closed(1008, "go away");
    expect([await first, await iterator.next()]).toEqual([
      { done: false, value: "one" },
      { done: false, value: "two" },
    ]);
    const error = await iterator.next().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ReconnectError);
    expect(error).toMatchObject({ name: "ReconnectError", why: "final", outcome: { code: 1008, reason: "go away" } });
    expect((error as Error).message).toMatch(/another attempt would end the same way/);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    // One that begins later learns it as well.
    expect(await collect(client).over).toBe(error);
  });

  it("says that no attempts are left", async () => {
    const { client, sockets, goOn } = await started({ attempts: 1 });
    const { over } = collect(client);
    sockets[0]?.closed();
    await goOn();
    sockets[1]?.closed();
    expect(await over).toMatchObject({ why: "attempts", message: expect.stringMatching(/no attempts are left/) });
  });

  it("shares the messages with other loops, and each listener gets all of them", async () => {
    const { client, sockets } = await started();
    const heard: unknown[] = [];
    client.addEventListener("message", ({ data }) => heard.push(data));
    const [left, right] = [collect(client), collect(client)];
    sockets[0]?.open();
    for (let count = 0; count < 6; count++) {
      sockets[0]?.message(count);
      await settled();
    }
    expect([...left.taken, ...right.taken].sort()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(heard).toEqual([0, 1, 2, 3, 4, 5]);
    client.close();
    sockets[0]?.closed(1000);
    expect(await Promise.all([left.over, right.over])).toEqual(["over", "over"]);
  });

  it("pauses the socket above 64 KiB, the next one as well, and resumes it below the half", async () => {
    const { client, sockets, goOn } = await started();
    const iterator = client[Symbol.asyncIterator]();
    const first = iterator.next();
    const [socket] = sockets;
    socket?.open().message("x".repeat(1_000));
    await first;
    const bodies = [new ArrayBuffer(30_000), new Blob(["y".repeat(30_000)]), "z".repeat(5_600)];
    for (const body of bodies) {
      expect(socket?.isPaused).toBe(false);
      socket?.message(body);
    }
    expect(socket?.isPaused).toBe(true);
    socket?.closed();
    await goOn();
    sockets[1]?.open();
    expect(sockets[1]?.isPaused).toBe(true);
    expect((await iterator.next()).value).toBe(bodies[0]);
    expect(sockets[1]?.isPaused).toBe(true);
    expect((await iterator.next()).value).toBe(bodies[1]);
    expect(sockets[1]?.isPaused).toBe(false);
    client.close();
  });

  it("needs no pause: a socket of the platform has none", async () => {
    const sockets: FakeSocket[] = [];
    const client = reconnect(() => {
      sockets.push(new FakeSocket(1));
      return sockets[0] as never;
    });
    const iterator = client[Symbol.asyncIterator]();
    const first = iterator.next();
    await settled();
    for (let count = 0; count < 100; count++) sockets[0]?.message("x".repeat(1_000));
    await first;
    for (let count = 1; count < 100; count++) expect((await iterator.next()).value).toHaveLength(1_000);
    client.close();
  });

  it("leaves what it has not taken to the next loop; without one, no more than 64 KiB wait", async () => {
    const { client, sockets } = await started();
    for (const size of [1_000, 70_000]) {
      const iterator = client[Symbol.asyncIterator]();
      const first = iterator.next();
      sockets[0]?.open();
      sockets[0]?.message("taken");
      sockets[0]?.message("left");
      expect([(await first).value, (await iterator.return?.())?.done]).toEqual(["taken", true]);
      sockets[0]?.message("x".repeat(size));
      expect(sockets[0]?.isPaused).toBe(false);
      const next = client[Symbol.asyncIterator]();
      const value = next.next();
      sockets[0]?.message("new");
      expect((await value).value).toBe(size === 1_000 ? "left" : "new");
      if (size === 1_000)
        expect([(await next.next()).value, (await next.next()).value]).toEqual(["x".repeat(size), "new"]);
      await next.return?.();
    }
    client.close();
  });

  it("resumes the socket when it is left while too much waits, and leaves that to a loop that begins before more arrives", async () => {
    const { client, sockets } = await started();
    const iterator = client[Symbol.asyncIterator]();
    const first = iterator.next();
    sockets[0]?.open().message("taken");
    await first;
    sockets[0]?.message("x".repeat(70_000));
    expect(sockets[0]?.isPaused).toBe(true);
    await iterator.return?.();
    expect(sockets[0]?.isPaused).toBe(false);
    const next = client[Symbol.asyncIterator]();
    const value = next.next();
    expect(sockets[0]?.isPaused).toBe(true);
    expect((await value).value).toHaveLength(70_000);
    expect(sockets[0]?.isPaused).toBe(false);
    client.close();
  });

  it("ends at once when it is left while it waits, and takes no message any more", async () => {
    const { client, sockets } = await started();
    const [left, stays] = [client[Symbol.asyncIterator](), client[Symbol.asyncIterator]()];
    const waiting = [left.next(), left.next()];
    sockets[0]?.open();
    expect(await left.return?.()).toEqual({ done: true, value: undefined });
    expect(await Promise.all(waiting)).toEqual([1, 2].map(() => ({ done: true, value: undefined })));
    const value = stays.next();
    sockets[0]?.message("for who stays");
    expect((await value).value).toBe("for who stays");
    client.close();
  });

  it("answers calls of next in their order", async () => {
    const { client, sockets } = await started();
    const iterator = client[Symbol.asyncIterator]();
    const first = iterator.next();
    await settled();
    sockets[0]?.open().message(1);
    const second = iterator.next();
    sockets[0]?.message(2);
    expect([(await first).value, (await second).value]).toEqual([1, 2]);
    client.close();
  });

  it("pauses no socket that is not open: the response to its request must be read", async () => {
    const { client, sockets, goOn } = await started();
    const iterator = client[Symbol.asyncIterator]();
    const first = iterator.next();
    sockets[0]?.open().message("taken");
    await first;
    sockets[0]?.message("x".repeat(70_000));
    sockets[0]?.closed();
    await goOn();
    expect(sockets[1]?.isPaused).toBe(false);
    const another = client[Symbol.asyncIterator]();
    await iterator.return?.();
    const value = another.next();
    expect(sockets[1]?.isPaused).toBe(false);
    await value;
    sockets[1]?.open();
    expect(sockets[1]?.isPaused).toBe(false);
    client.close();
  });
});

describe("the handlers of a reconnecting client", () => {
  it("are called like listeners, in the place where they were first set, and can be replaced and removed", async () => {
    const lines: string[] = [];
    const errors: unknown[] = [];
    const { client, sockets, goOn } = await started({ onError: (error) => errors.push(error) });
    expect([client.onopen, client.onmessage, client.onwaiting, client.onended]).toEqual([null, null, null, null]);
    client.onmessage = null;
    client.onmessage = 7 as never;
    expect(sockets[0]?.listeners.message).toBeUndefined();
    client.onmessage = () => lines.push("replaced");
    client.addEventListener("message", () => lines.push("listener"));
    const handler = ({ data }: MessageEvent): unknown => lines.push(`handler ${data}`);
    client.onmessage = handler;
    expect(client.onmessage).toBe(handler);
    client.onopen = function (this: unknown) {
      lines.push(`open ${this === client}`);
      throw new Error("from a handler");
    };
    client.onwaiting = ({ delay }) => lines.push(`waiting ${delay >= 0}`);
    client.onended = ({ why }) => lines.push(`ended ${why}`);
    sockets[0]?.open().message("a");
    client.onmessage = null;
    sockets[0]?.message("b");
    client.onmessage = handler;
    sockets[0]?.message("c");
    sockets[0]?.closed();
    await goOn();
    client.close();
    expect(lines).toEqual([
      "open true",
      ...["handler a", "listener", "listener", "handler c", "listener"],
      ...["waiting true", "ended closed"],
    ]);
    expect(errors).toMatchObject([{ message: "from a handler" }]);
  });
});

describe.skipIf(asyncDisposeSymbol() === undefined)("await using", () => {
  const dispose = (client: unknown): Promise<void> =>
    (client as Record<symbol, () => Promise<void>>)[asyncDisposeSymbol()!]!();

  it("closes the client with 1000, and waits until it has ended", async () => {
    const { client, sockets } = await started();
    sockets[0]?.open();
    let isOver = false;
    const disposed = dispose(client).then(() => (isOver = true));
    await settled();
    expect([sockets[0]?.closedWith, isOver]).toEqual([[[1000, ""]], false]);
    sockets[0]?.closed(1000, "", true);
    await disposed;
    await dispose(client);
    expect(client.state).toBe("ended");
  });

  it("ends one that waits or connects at once", async () => {
    const { client } = await started();
    await dispose(client);
    expect(client.state).toBe("ended");
  });
});
