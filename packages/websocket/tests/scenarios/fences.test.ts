/**
 * Every function of the application that is called, and every way in which it may fail: the connection that it was called for
 * ends, `onError` receives the error, and another connection of the same server keeps working.
 */

import {
  type Agreement,
  type Extension,
  type MessageTransform,
  type NativeFunctions,
  plainAgreement,
} from "@hybi/core";
import type { Fields } from "@hybi/core/opening";
import { describe, expect, it } from "vitest";
import { createWebSocketClass } from "../../src/client/create-websocket-class.ts";
import type { Connect } from "../../src/client/socket-options.ts";
import { type Clock, systemClock } from "../../src/event-loop/clock.ts";
import type { ConnectStream } from "../../src/server/pending-connect.ts";
import { type ServerOptions, WebSocketServer } from "../../src/server/server.ts";
import type { WebSocket } from "../../src/socket/websocket.ts";
import { createTransportPair } from "../../src/transport/pair.ts";
import type { Transport, TransportSink } from "../../src/transport/transport.ts";
import { until } from "../support/clock.ts";
import { errorIn, statusOf } from "../support/failures.ts";

// Failures

const mine = new Error("mine");

/** How a function fails. A thrown error must be reported; a nonsensical result may be accepted as a valid one. */
const failures: Readonly<Record<string, () => unknown>> = {
  "throws an Error": () => {
    throw mine;
  },
  "throws undefined": () => {
    const nothing: unknown = undefined;
    throw nothing;
  },
  "returns a rejected promise": () => Promise.reject(mine),
  "returns a promise that never settles": () => new Promise(() => {}),
  "returns undefined": () => undefined,
  "returns null": () => null,
  "returns a number": () => -1.5,
  "returns a large number": () => 2 ** 40,
  "returns a text": () => "nonsense",
  "returns true": () => true,
  "returns an object": () => ({ code: "nonsense", httpStatus: "nonsense" }),
  "returns a list": () => [[5], "nonsense", undefined],
};

/** Functions of the application, one of which fails while it is armed. */
class Failing {
  /** The name of the function that fails, such as `extension.answer`. */
  armed = "";
  readonly #fail: () => unknown;
  /** How often the armed function has been called. */
  called = 0;

  constructor(fail: () => unknown) {
    this.#fail = fail;
  }

  /** Runs `action`, or the failure in its place. */
  call<Value>(name: string, action: () => Value): Value {
    if (this.armed !== name) return action();
    this.called++;
    return this.#fail() as Value;
  }

  /** An extension that sets RSV1 on every message and leaves its bytes unchanged. */
  extension(): Extension {
    const rsv = 0x40;
    const transform = (): MessageTransform => ({
      beginDecode: () => this.call("beginDecode", () => true),
      decode: (bytes, start, end, sink) => this.call("decode", () => void sink(bytes, start, end)),
      endDecode: () => this.call("endDecode", () => undefined),
      beginEncode: () => this.call("beginEncode", () => rsv),
      encode: (bytes, start, end, sink) => this.call("encode", () => void sink(bytes, start, end)),
      flushEncode: () => this.call("flushEncode", () => undefined),
      endEncode: () => this.call("endEncode", () => undefined),
      release: () => this.call("release", () => undefined),
    });
    return {
      name: "x-fence",
      rsv,
      offers: () => this.call("offers", () => [[]]),
      checkAnswer: () => this.call("checkAnswer", () => undefined),
      answer: () => this.call("answer", () => []),
      createTransform: () => this.call("createTransform", transform),
    };
  }

  host(): NativeFunctions {
    const encoder = new TextEncoder();
    return {
      isUtf8: () => this.call("isUtf8", () => true),
      decodeUtf8: (bytes, start, end) =>
        this.call("decodeUtf8", () => new TextDecoder().decode(bytes.slice(start, end))),
      decodeAscii: (bytes, start, end) =>
        this.call("decodeAscii", () => String.fromCharCode(...bytes.subarray(start, end))),
      encodeUtf8: (text, target, at) =>
        this.call("encodeUtf8", () => encoder.encodeInto(text, target.subarray(at)).written),
      unmask: (bytes, start, end, key) =>
        this.call("unmask", () => {
          for (let at = start; at < end; at++) {
            bytes[at] = (bytes[at] as number) ^ ((key >>> (((at - start) & 3) * 8)) & 0xff);
          }
        }),
    };
  }

  clock(): Clock {
    return {
      now: () => this.call("now", () => systemClock.now()),
      setTimeout: (task, milliseconds) => this.call("setTimeout", () => systemClock.setTimeout(task, milliseconds)),
      clearTimeout: (timer) => this.call("clearTimeout", () => systemClock.clearTimeout(timer)),
      defer: (task) => this.call("defer", () => queueMicrotask(task)),
      nextTurn: (task) => this.call("nextTurn", () => void setTimeout(task)),
      reportError: () => {},
    };
  }
}

// Ways for clients to connect

/** A transport whose first head is parsed by other code. */
class Tapped implements Transport {
  readonly #far: Transport;
  #sink: TransportSink | undefined;

  constructor(far: Transport, onHead: (head: string, rest: Uint8Array) => void) {
    this.#far = far;
    let text = "";
    far.start({
      data: (chunk) => {
        if (this.#sink !== undefined) this.#sink.data(chunk);
        else {
          text += String.fromCharCode(...chunk);
          const end = text.indexOf("\r\n\r\n") + 4;
          if (end > 3)
            onHead(
              text.slice(0, end),
              Uint8Array.from(text.slice(end), (char) => char.charCodeAt(0)),
            );
        }
      },
      drain: () => this.#sink?.drain(),
      end: () => this.#sink?.end(),
      error: (error) => this.#sink?.error(error),
      close: () => this.#sink?.close(),
    });
  }

  start(sink: TransportSink): void {
    this.#sink = sink;
  }
  write(chunks: readonly Uint8Array[]): void {
    this.#far.write(chunks);
  }
  end(): void {
    this.#far.end();
  }
  abort(): void {
    this.#far.abort();
  }
  pause(): void {
    this.#far.pause();
  }
  resume(): void {
    this.#far.resume();
  }
}

const ways: Readonly<Record<string, (server: WebSocketServer) => Connect>> = {
  "over a transport": (server) => () => {
    const [near, far] = createTransportPair();
    server.receive(far);
    return near;
  },
  "with a parsed head": (server) => () => {
    const [near, far] = createTransportPair();
    const tapped: Tapped = new Tapped(far, (head, rest) => {
      const [line = "", ...lines] = head.trimEnd().split("\r\n");
      const fields: Fields = lines.map((field) => [
        field.split(": ", 1)[0] ?? "",
        field.slice(field.indexOf(": ") + 2),
      ]);
      const [method = "", target = ""] = line.split(" ");
      server.receiveUpgrade(tapped, { method, target, minorVersion: 1, fields }, rest);
    });
    return near;
  },
  "over a stream": (server) => () =>
    new Promise((resolve, reject) => {
      const stream: ConnectStream = {
        onLost: undefined,
        accept: () => {
          const [near, far] = createTransportPair();
          const agreement: Agreement = {
            ...plainAgreement("client"),
            extensions: [{ name: "x-fence", parameters: [] }],
          };
          resolve({ transport: near, agreement, rest: undefined } as never);
          return far;
        },
        reject: ({ status }) => reject(Object.assign(new Error("refused"), { status })),
        abort: () => reject(new Error("dropped")),
      };
      server.receiveStream(stream, [
        [":method", "CONNECT"],
        [":protocol", "websocket"],
        [":scheme", "http"],
        [":path", "/"],
        [":authority", "a"],
        ["sec-websocket-version", "13"],
        ["sec-websocket-extensions", "x-fence"],
      ]);
    }),
};

interface World {
  readonly failing: Failing;
  readonly errors: unknown[];
  open(): Promise<{ socket: WebSocket; end: Promise<string> }>;
  echoes(socket: WebSocket, text: string): Promise<boolean>;
}

function setUp(
  connectTo: (server: WebSocketServer) => Connect,
  fail: () => unknown,
  options: ServerOptions = {},
): World {
  const failing = new Failing(fail);
  const errors: unknown[] = [];
  const server = new WebSocketServer(
    (opening) =>
      failing.call("handler", () => {
        const socket = opening.accept();
        socket.onmessage = ({ data }) => failing.call("listener", () => socket.send(data));
      }),
    {
      extensions: [failing.extension()],
      runtime: { native: failing.host(), clock: failing.clock() },
      checkOrigin: () => failing.call("checkOrigin", () => undefined),
      onFailure: () => failing.call("onFailure", () => undefined),
      onError: (error) => {
        errors.push(error);
        return failing.call("onError", () => undefined);
      },
      ...options,
    },
  );
  const Socket = createWebSocketClass(connectTo(server), { extensions: [new Failing(() => {}).extension()] });
  const open: World["open"] = async () => {
    const socket = new Socket("ws://a/");
    socket.binaryType = "arraybuffer";
    let status = "";
    socket.onerror = ({ failure }) => {
      const refused = statusOf(failure) || (errorIn(failure) as { status?: number } | undefined)?.status;
      status = refused === undefined ? "" : String(refused);
    };
    const end = new Promise<string>((resolve) => {
      socket.onclose = ({ code }) => resolve(status || String(code));
    });
    await Promise.race([new Promise((resolve) => (socket.onopen = resolve)), end]);
    return { socket, end };
  };
  const echoes: World["echoes"] = (socket, text) =>
    new Promise((resolve) => {
      socket.onmessage = ({ data }) => resolve(data === text);
      socket.send(text);
    });
  return { failing, errors, open, echoes };
}

const long = "Grüße! ".repeat(2_000);

describe.each(Object.entries(ways))("%s", (_, connectTo) => {
  describe.each(Object.entries(failures))("a function of a server that %s", (how, fail) => {
    const isThrown = how.startsWith("throws");

    it.each(["checkOrigin", "answer", "createTransform", "handler"])(
      "as %s, ends the opening that it is called for, and no other [A04]",
      async (name) => {
        const { failing, errors, open, echoes } = setUp(connectTo, fail, { deadlines: { opening: 50 } });
        const neighbour = await open();
        failing.armed = name;
        const victim = await open();
        if (victim.socket.readyState === 1) victim.socket.send("text");
        if (isThrown) expect([await victim.end, errors.length > 0]).toEqual(["500", true]);
        failing.armed = "";
        expect(failing.called).toBeGreaterThan(0);
        expect(await echoes(neighbour.socket, "still here")).toBe(true);
        expect(await echoes((await open()).socket, long)).toBe(true);
        victim.socket.terminate();
        await victim.end;
      },
    );

    it.each(["beginDecode", "decode", "endDecode", "beginEncode", "encode", "endEncode", "isUtf8", "decodeUtf8"])(
      "as %s, ends the connection that it is called for with 1011, and no other [A04]",
      async (name) => {
        const { failing, errors, open, echoes } = setUp(connectTo, fail);
        const neighbour = await open();
        const victim = await open();
        failing.armed = name;
        victim.socket.send(long);
        await until(() => failing.called > 0);
        if (isThrown) {
          await until(() => errors.length > 0);
          expect(await victim.end).toBe("1011");
        }
        failing.armed = "";
        expect(await echoes(neighbour.socket, "still here")).toBe(true);
        expect(await echoes((await open()).socket, long)).toBe(true);
        victim.socket.terminate();
        await victim.end;
      },
    );

    it.each(["release", "onFailure", "onError", "listener"])("as %s, affects no connection [A04]", async (name) => {
      const { failing, open, echoes } = setUp(connectTo, fail);
      const neighbour = await open();
      const victims = [await open(), await open()];
      failing.armed = name;
      victims[0]?.socket.send("text");
      victims[0]?.socket.close();
      victims[1]?.socket.terminate();
      for (const { end } of victims) await end;
      failing.armed = "";
      expect(await echoes(neighbour.socket, "still here")).toBe(true);
      expect(await echoes((await open()).socket, long)).toBe(true);
    });
  });
});

describe.each(Object.entries(failures))("a host function of a server that %s", (how, fail) => {
  const plain = { extensions: [] };
  const connectTo = ways["over a transport"] as (server: WebSocketServer) => Connect;

  it("as unmask, ends the connection that it is called for with 1011, and no other [A04]", async () => {
    const { failing, errors, open, echoes } = setUp(connectTo, fail, plain);
    const neighbour = await open();
    const victim = await open();
    failing.armed = "unmask";
    victim.socket.send(long);
    await until(() => failing.called > 0);
    if (how.startsWith("throws")) expect([await victim.end, errors.length]).toEqual(["1011", 1]);
    failing.armed = "";
    expect(await echoes(neighbour.socket, long)).toBe(true);
    victim.socket.terminate();
    await victim.end;
  });

  it("as encodeUtf8, throws where the application sends, and does not damage the output of others [A04]", async () => {
    const { failing, errors, open, echoes } = setUp(connectTo, fail, plain);
    const text = "Grüße! ".repeat(10);
    const neighbour = await open();
    const victim = await open();
    failing.armed = "encodeUtf8";
    victim.socket.send(text);
    await until(() => failing.called > 0 && errors.length > 0);
    failing.armed = "";
    expect(await echoes(neighbour.socket, text)).toBe(true);
    victim.socket.terminate();
    await victim.end;
  });
});
