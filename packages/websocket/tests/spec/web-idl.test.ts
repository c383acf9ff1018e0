/** The interfaces as JavaScript sees them (Web IDL §3.7), and how they convert their arguments (§3.2). */
import { describe, expect, it } from "vitest";
import { createWebSocketClass, createWebSocketStreamClass } from "../../src/client/create-websocket-class.ts";
import { WebSocket } from "../../src/client/websocket.ts";
import { WebSocketStream } from "../../src/client/websocket-stream.ts";
import { CloseEvent, ControlEvent, FailureEvent } from "../../src/dom/socket-events.ts";
import { WebSocketError } from "../../src/dom/websocket-error.ts";
import { EndedEvent, WaitingEvent } from "../../src/reconnect/events.ts";
import { Reconnecting } from "../../src/reconnect/reconnect.ts";
import { until } from "../support/clock.ts";
import { thrown, World } from "../support/link.ts";

// biome-ignore lint/suspicious/noExplicitAny: what JavaScript may do, and TypeScript does not allow.
type Any = any;

const never = () => new Promise<never>(() => {});
const AdapterWebSocket = createWebSocketClass(never, { concurrentOpenings: true });
const OtherWebSocket = createWebSocketClass(never, { concurrentOpenings: true });
const AdapterStream = createWebSocketStreamClass(never, { concurrentOpenings: true });

const attributes = {
  WebSocket: ["url", "readyState", "bufferedAmount", "extensions", "protocol"],
  writable: ["onopen", "onerror", "onclose", "onmessage", "binaryType"],
};

interface Shape {
  readonly name: string;
  readonly of: Any;
  readonly above: object;
  readonly length: number;
  readonly readonly: readonly string[];
  readonly writable?: readonly string[];
  readonly operations?: Readonly<Record<string, number>>;
}

const shapes: Shape[] = [
  ...[WebSocket, AdapterWebSocket].map(
    (of): Shape => ({
      name: "WebSocket",
      of,
      above: EventTarget,
      length: 1,
      readonly: attributes.WebSocket,
      writable: attributes.writable,
      operations: { send: 1, close: 0 },
    }),
  ),
  ...[WebSocketStream, AdapterStream].map(
    (of): Shape => ({
      name: "WebSocketStream",
      of,
      above: Function.prototype,
      length: 1,
      readonly: ["url", "opened", "closed"],
      operations: { close: 0 },
    }),
  ),
  { name: "CloseEvent", of: CloseEvent, above: Event, length: 1, readonly: ["wasClean", "code", "reason"] },
  { name: "WebSocketError", of: WebSocketError, above: DOMException, length: 0, readonly: ["closeCode", "reason"] },
  { name: "FailureEvent", of: FailureEvent, above: Event, length: 2, readonly: ["failure", "message"] },
  {
    name: "Reconnecting",
    of: Reconnecting,
    above: EventTarget,
    length: 1,
    readonly: ["socket", "state", "queuedLength"],
    writable: ["onopen", "onmessage", "onwaiting", "onended"],
    operations: { send: 1, close: 0 },
  },
  { name: "WaitingEvent", of: WaitingEvent, above: Event, length: 2, readonly: ["outcome", "delay"] },
  { name: "EndedEvent", of: EndedEvent, above: Event, length: 2, readonly: ["outcome", "why", "unsent"] },
  { name: "ControlEvent", of: ControlEvent, above: Event, length: 2, readonly: ["payload"] },
];

describe.each(shapes)(
  "$name as an interface",
  ({ name, of, above, length, readonly, writable = [], operations = {} }) => {
    it("has its name, its length and its prototype chain [R26]", () => {
      expect([of.name, of.length]).toEqual([name, length]);
      expect(Object.getPrototypeOf(of)).toBe(above);
      const prototypeAbove = above === Function.prototype ? Object.prototype : (above as typeof Event).prototype;
      expect(Object.getPrototypeOf(of.prototype)).toBe(prototypeAbove);
      expect(Object.getOwnPropertyDescriptor(of, "prototype")).toMatchObject({
        writable: false,
        enumerable: false,
        configurable: false,
      });
      expect(Object.getOwnPropertyDescriptor(of.prototype, "constructor")).toEqual({
        value: of,
        writable: true,
        enumerable: false,
        configurable: true,
      });
    });

    it("cannot be called without `new` [R26]", () => {
      expect(thrown(() => of("ws://example.com/"))).toBeInstanceOf(TypeError);
      expect(thrown(() => of.call({}, "ws://example.com/"))).toBeInstanceOf(TypeError);
    });

    it("has its class string, which an assignment does not overwrite [R26]", () => {
      expect(Object.getOwnPropertyDescriptor(of.prototype, Symbol.toStringTag)).toEqual({
        value: name,
        writable: false,
        enumerable: false,
        configurable: true,
      });
    });

    it("has its attributes as own enumerable accessors, named after them [R26]", () => {
      for (const member of [...readonly, ...writable]) {
        const property = Object.getOwnPropertyDescriptor(of.prototype, member);
        expect(property).toMatchObject({ enumerable: true, configurable: true });
        expect([property?.get?.name, property?.get?.length]).toEqual([`get ${member}`, 0]);
        if (readonly.includes(member)) expect(property?.set).toBeUndefined();
        else expect([property?.set?.name, property?.set?.length]).toEqual([`set ${member}`, 1]);
      }
    });

    it("has its operations as own enumerable functions, with their lengths [R26]", () => {
      for (const [member, length] of Object.entries(operations)) {
        const property = Object.getOwnPropertyDescriptor(of.prototype, member);
        expect(property).toMatchObject({ writable: true, enumerable: true, configurable: true });
        expect([property?.value.name, property?.value.length]).toEqual([member, length]);
      }
    });

    it("has no other enumerable members [R26]", () => {
      const constants = name === "WebSocket" ? ["CONNECTING", "OPEN", "CLOSING", "CLOSED"] : [];
      expect(Object.keys(of)).toEqual(constants);
      expect(Object.keys(of.prototype).sort()).toEqual(
        [...readonly, ...writable, ...Object.keys(operations), ...constants].sort(),
      );
    });

    it("throws a TypeError when called on an object of another class, before converting anything [R26]", async () => {
      const unconverted = {
        toString: () => expect.unreachable("it was converted"),
        valueOf: () => expect.unreachable("it was converted"),
      };
      for (const other of [{}, of.prototype, Object.create(of.prototype), new EventTarget(), undefined, null, 1]) {
        for (const member of [...readonly, ...writable]) {
          const { get, set } = Object.getOwnPropertyDescriptor(of.prototype, member) as PropertyDescriptor;
          if (member === "opened" || member === "closed") {
            await expect(get?.call(other)).rejects.toBeInstanceOf(TypeError);
            continue;
          }
          expect(thrown(() => get?.call(other))).toBeInstanceOf(TypeError);
          if (set !== undefined) expect(thrown(() => set.call(other, unconverted))).toBeInstanceOf(TypeError);
        }
        for (const operation of Object.keys(operations)) {
          for (const given of [[], [unconverted, unconverted]]) {
            expect(thrown(() => of.prototype[operation].call(other, ...given))).toBeInstanceOf(TypeError);
          }
        }
      }
    });
  },
);

describe("the constants of WebSocket", () => {
  it.each([
    ["WebSocket", WebSocket],
    ["WebSocket of an adapter", AdapterWebSocket],
  ])("are on %s and its prototype, and cannot be changed [R26]", (_, of) => {
    for (const [name, value] of Object.entries({ CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 })) {
      for (const holder of [of, of.prototype]) {
        const property = { value, writable: false, enumerable: true, configurable: false };
        expect(Object.getOwnPropertyDescriptor(holder, name)).toEqual(property);
        expect(() => Object.defineProperty(holder, name, { value: 5 })).toThrow(TypeError);
        expect(Reflect.deleteProperty(holder, name)).toBe(false);
      }
    }
  });
});

describe("an instance", () => {
  it("has the class string of its interface, and no own members [R26]", () => {
    const socket = new AdapterWebSocket("ws://example.com/");
    const stream = new AdapterStream("ws://example.com/");
    const objects: [object, string][] = [
      [socket, "WebSocket"],
      [stream, "WebSocketStream"],
      [new CloseEvent("close"), "CloseEvent"],
      [new WebSocketError(), "WebSocketError"],
      [new FailureEvent("error", { kind: "given-up" }), "FailureEvent"],
      [new ControlEvent("ping", new Uint8Array(0)), "ControlEvent"],
    ];
    for (const [object, name] of objects) {
      expect(Object.prototype.toString.call(object)).toBe(`[object ${name}]`);
      for (const member of ["url", "readyState", "code", "closeCode", "reason", "payload", "message"]) {
        // Of an error, what the platform's own have too: the message, and in Workers the code.
        if (object instanceof Error && Object.hasOwn(new DOMException("of the platform"), member)) continue;
        expect(Object.hasOwn(object, member), `${name}.${member}`).toBe(false);
      }
    }
    expect(String(socket)).toBe("[object WebSocket]");
    socket.close();
    stream.close();
  });

  it("is an instance of every adapter's class, but not of an application's subclass [R26]", async () => {
    class Chat extends AdapterWebSocket {
      room = "lobby";
    }
    const { client, server } = await new World().connected();
    const chat = new Chat("ws://example.com/");
    for (const socket of [client, server, chat]) {
      for (const of of [WebSocket, AdapterWebSocket, OtherWebSocket, EventTarget]) expect(socket).toBeInstanceOf(of);
    }
    expect([chat instanceof Chat, server instanceof Chat, client instanceof Chat]).toEqual([true, false, false]);
    expect(Object.create(AdapterWebSocket.prototype)).toBeInstanceOf(AdapterWebSocket);
    expect(new Proxy(chat, {})).toBeInstanceOf(AdapterWebSocket);
    for (const other of [{}, null, undefined, 1, "WebSocket", new EventTarget(), new AdapterStream("ws://a/")]) {
      for (const of of [WebSocket, AdapterWebSocket, Chat]) expect(other instanceof of).toBe(false);
    }
    expect([chat.room, chat.constructor, Object.getPrototypeOf(Chat)]).toEqual(["lobby", Chat, AdapterWebSocket]);
    expect(String(chat)).toBe("[object WebSocket]");
    chat.close();
  });

  it("of a subclass may have members that call the inherited ones, and keeps its members without them [R26]", () => {
    class Loud extends AdapterWebSocket {
      override get url(): string {
        return super.url.toUpperCase();
      }
      override close(code?: number): void {
        super.close(code ?? 4000);
      }
    }
    const loud = new Loud("ws://example.com/x");
    expect(loud.url).toBe("WS://EXAMPLE.COM/X");
    loud.close();
    expect(loud.readyState).toBe(2);
    class Other extends EventTarget {}
    const other = Reflect.construct(AdapterWebSocket, ["ws://example.com/"], Other) as Any;
    expect(Object.getPrototypeOf(other)).toBe(Other.prototype);
    expect(other).toBeInstanceOf(AdapterWebSocket);
    AdapterWebSocket.prototype.close.call(other);
  });
});

describe.each([
  ["WebSocket", WebSocket, createWebSocketClass(() => new Promise(() => {}))],
  ["WebSocketStream", WebSocketStream, createWebSocketStreamClass(() => new Promise(() => {}))],
])("%s without new", (name, ...classes) => {
  it.each(classes)("throws a TypeError that says what to write", (definition) => {
    const call = definition as unknown as ((url: string) => unknown) & { readonly prototype: object };
    expect(() => call("ws://example.com/")).toThrow(
      new TypeError(`${name} is a class: write new ${name}(…), and not ${name}(…).`),
    );
    expect(call.prototype.constructor).toBe(definition);
  });
});

describe("the WebSocket constructor", () => {
  it.each([
    ["nothing", []],
    ["a Symbol as its URL", [Symbol("url")]],
    ["a Symbol as its subprotocol", ["ws://example.com/", Symbol("protocol")]],
    ["a Symbol among its subprotocols", ["ws://example.com/", [Symbol("protocol")]]],
    ["an iterator that is not a function", ["ws://example.com/", { [Symbol.iterator]: 1 }]],
    [
      "a URL that is not a string",
      [
        {
          toString() {
            return {};
          },
        },
      ],
    ],
  ])("throws a TypeError for %s [R26]", (_, given) => {
    for (const of of [WebSocket, AdapterWebSocket]) {
      expect(thrown(() => Reflect.construct(of, given))).toBeInstanceOf(TypeError);
    }
  });

  it.skipIf((globalThis as { location?: object }).location).each([[undefined], [null], [5], [{}], [""]])(
    "throws a SyntaxError for the relative URL %s where there is no page [R26]",
    (url) => {
      for (const of of [WebSocket, AdapterWebSocket]) {
        expect(thrown(() => new of(url as Any))).toMatchObject({ name: "SyntaxError" });
      }
    },
  );

  it("converts its URL once, before its subprotocols [R26]", () => {
    const order: string[] = [];
    const url = {
      toString() {
        order.push("url");
        return "ws://example.com/converted";
      },
    };
    const protocols = {
      *[Symbol.iterator]() {
        order.push("protocols");
        yield "a";
        yield { toString: () => "b" };
      },
    };
    const socket = new (AdapterWebSocket as Any)(url, protocols, "ignored");
    expect(socket.url).toBe("ws://example.com/converted");
    expect(order).toEqual(["url", "protocols"]);
    socket.close();
  });

  it.each<[unknown, string[]]>([
    [undefined, []],
    [null, ["null"]],
    [7, ["7"]],
    [true, ["true"]],
    [[], []],
    [
      [null, 1],
      ["null", "1"],
    ],
    [new Set(["a", "b"]), ["a", "b"]],
    [new String("ab"), ["a", "b"]],
    [{ protocols: "a" }, ["a"]],
    [{ protocols: new Set(["a", "b"]) }, ["a", "b"]],
    [{}, []],
  ])("given %j, offers the subprotocols %j [R26]", async (given, offered) => {
    const seen: (readonly string[])[] = [];
    const world = new World({
      handler: (opening) => {
        seen.push(opening.request.subprotocols);
        opening.reject({ status: 404 });
      },
    });
    const socket = new world.WebSocket("ws://example.com/", given as Any);
    await until(() => socket.readyState === 3);
    expect(seen).toEqual([offered]);
  });
});

describe("the arguments of a WebSocket", () => {
  it.each<[unknown, string]>([
    [{ toString: () => "arraybuffer" }, "arraybuffer"],
    [["arraybuffer"], "arraybuffer"],
    ["ArrayBuffer", "blob"],
    [{}, "blob"],
    [null, "blob"],
  ])("convert the binaryType %j to %j [R26]", (given, type) => {
    const socket = new AdapterWebSocket("ws://example.com/");
    socket.binaryType = "blob";
    socket.binaryType = given as Any;
    expect(socket.binaryType).toBe(type);
    expect(thrown(() => (socket.binaryType = Symbol("type") as Any))).toBeInstanceOf(TypeError);
    socket.close();
  });

  it("are converted before they are checked: code, then reason [R26]", () => {
    const socket = new AdapterWebSocket("ws://example.com/");
    const order: string[] = [];
    const code = { valueOf: () => order.push("code") };
    const reason = {
      toString() {
        order.push("reason");
        return "";
      },
    };
    expect(thrown(() => socket.close(code as Any, reason as Any)).name).toBe("InvalidAccessError");
    expect(order).toEqual(["code", "reason"]);
    for (const given of [[Symbol("code")], [1000n], [1000, Symbol("reason")]]) {
      expect(thrown(() => socket.close(...(given as [])))).toBeInstanceOf(TypeError);
    }
    expect(thrown(() => socket.close(null as Any)).name).toBe("InvalidAccessError");
    expect(thrown(() => (socket.send as Any)())).toBeInstanceOf(TypeError);
    expect(socket.readyState).toBe(0);
    socket.close(undefined, undefined);
    expect(socket.readyState).toBe(2);
  });

  it("are converted to a string by send() per Web IDL, and Symbols are rejected [R26]", async () => {
    const { client, server } = await new World().connected();
    const heard: unknown[] = [];
    server.onmessage = ({ data }) => heard.push(data);
    const given = [null, undefined, 1.5, true, { toString: () => "mine" }, ["a", "b"], new String("boxed"), 1n];
    for (const data of given) client.send(data as Any);
    expect(thrown(() => client.send(Symbol("data") as Any))).toBeInstanceOf(TypeError);
    await until(() => heard.length === given.length);
    expect(heard).toEqual(["null", "undefined", "1.5", "true", "mine", "a,b", "boxed", "1"]);
  });
});

describe("a CloseEvent", () => {
  it.each<[unknown, number]>([
    [undefined, 0],
    [7, 7],
    [65_535, 65_535],
    [65_536, 0],
    [70_000, 4464],
    [-1, 65_535],
    [-65_537, 65_535],
    [1000.9, 1000],
    [-0.5, 0],
    [Number.NaN, 0],
    [Number.POSITIVE_INFINITY, 0],
    [Number.NEGATIVE_INFINITY, 0],
    [2 ** 53, 0],
    ["1000", 1000],
    ["text", 0],
    [null, 0],
    [true, 1],
    [[1006], 1006],
    [{ valueOf: () => 1005 }, 1005],
  ])("converts the code %j to %j [R27]", (code, converted) => {
    expect(Object.is(new CloseEvent("close", { code } as Any).code, converted)).toBe(true);
  });

  it.each<[unknown, string]>([
    [undefined, ""],
    [null, "null"],
    [1, "1"],
    ["a\ud800b\udc00", "a\ufffdb\ufffd"],
    ["\ud83d\ude00", "\ud83d\ude00"],
    [{ toString: () => "mine" }, "mine"],
  ])("converts the reason %j to %j [R27]", (reason, converted) => {
    expect(new CloseEvent("close", { reason } as Any).reason).toBe(converted);
  });

  it.each<[unknown, boolean]>([
    [undefined, false],
    [null, false],
    [0, false],
    ["", false],
    ["false", true],
    [{}, true],
  ])("converts wasClean, bubbles, cancelable and composed %j to %j [R27]", (value, converted) => {
    const init = { wasClean: value, bubbles: value, cancelable: value, composed: value };
    const { wasClean, bubbles, cancelable, composed } = new CloseEvent("close", init as Any);
    expect([wasClean, bubbles, cancelable, composed]).toEqual([converted, converted, converted, converted]);
  });

  it("accepts undefined, null and any object as its dictionary, and no other value [R27]", () => {
    const plain = { type: "x", code: 0, reason: "", wasClean: false };
    for (const init of [undefined, null, {}, [], () => {}, new Date(0)]) {
      expect(new CloseEvent("x", init as Any)).toMatchObject(plain);
    }
    for (const init of [1, "text", true, Symbol("init"), 1n]) {
      expect(thrown(() => new CloseEvent("x", init as Any))).toBeInstanceOf(TypeError);
    }
  });

  it("requires its type, and converts it to a string [R27]", () => {
    expect(thrown(() => new (CloseEvent as Any)())).toBeInstanceOf(TypeError);
    expect(thrown(() => new CloseEvent(Symbol("type") as Any))).toBeInstanceOf(TypeError);
    expect([undefined, null, 1].map((type) => new CloseEvent(type as Any).type)).toEqual(["undefined", "null", "1"]);
    for (const init of [{ code: Symbol("code") }, { code: 1n }, { reason: Symbol("reason") }]) {
      expect(thrown(() => new CloseEvent("close", init as Any))).toBeInstanceOf(TypeError);
    }
  });

  it("reads its dictionary once per member, in the order of the standard, including inherited members [R27]", () => {
    const order: PropertyKey[] = [];
    const init = new Proxy(Object.create({ code: 1000, reason: "inherited" }), {
      get(target, key) {
        order.push(key);
        return Reflect.get(target, key);
      },
    });
    const event = new CloseEvent("close", init);
    expect([event.code, event.reason]).toEqual([1000, "inherited"]);
    expect(order).toEqual(["bubbles", "cancelable", "composed", "code", "reason", "wasClean"]);
  });

  it("is read-only [R27]", () => {
    const event = new CloseEvent("close", { code: 1000, reason: "done", wasClean: true });
    for (const name of ["code", "reason", "wasClean"] as const) {
      expect(Reflect.set(event, name, 5)).toBe(false);
      expect(() => {
        (event as Any)[name] = 5;
      }).toThrow(TypeError);
    }
    expect([event.code, event.reason, event.wasClean]).toEqual([1000, "done", true]);
  });

  it("is fired by sockets, and may be dispatched by the application [R27]", async () => {
    const { client, server } = await new World().connected();
    const events: CloseEvent[] = [];
    client.onclose = (event) => events.push(event);
    client.dispatchEvent(new CloseEvent("close", { code: 70_000 }));
    server.close(4001, "why");
    await until(() => events.length === 2);
    expect(events.map(({ code, reason, wasClean }) => [code, reason, wasClean])).toEqual([
      [4464, "", false],
      [4001, "why", true],
    ]);
    expect(events[1]).toBeInstanceOf(CloseEvent);
  });
});

describe("the WebSocketStream constructor", () => {
  const url = "ws://example.com/";

  it.each<[string, unknown[]]>([
    ["nothing", []],
    ["a Symbol as its URL", [Symbol("url")]],
    ["true as its options", [url, true]],
    ["a string as its options", [url, "chat"]],
    ["a number as its options", [url, 1]],
    ["a Symbol as its options", [url, Symbol("options")]],
    ["a string as its subprotocols", [url, { protocols: "hi" }]],
    ["null as its subprotocols", [url, { protocols: null }]],
    ["an object without an iterator as its subprotocols", [url, { protocols: {} }]],
    ["a Symbol among its subprotocols", [url, { protocols: [Symbol("a")] }]],
    ["null as its signal", [url, { signal: null }]],
    ["an object as its signal", [url, { signal: {} }]],
    ["a controller as its signal", [url, { signal: new AbortController() }]],
  ])("throws a TypeError for %s [R29]", (_, given) => {
    for (const of of [WebSocketStream, AdapterStream]) {
      expect(thrown(() => Reflect.construct(of, given))).toBeInstanceOf(TypeError);
    }
  });

  it("throws a TypeError before it checks the URL [R29]", () => {
    expect(thrown(() => new AdapterStream("invalid:", { protocols: "hi" as Any }))).toBeInstanceOf(TypeError);
    expect(thrown(() => new AdapterStream("invalid:")).name).toBe("SyntaxError");
    expect(thrown(() => new AdapterStream("ws://")).name).toBe("SyntaxError");
  });

  it.each<[string, unknown, string[]]>([
    ["undefined", undefined, []],
    ["null", null, []],
    ["an empty object", {}, []],
    ["a list", [], []],
    ["a function", () => {}, []],
    ["no subprotocols", { protocols: undefined, signal: undefined }, []],
    ["a list of subprotocols", { protocols: ["a", "b"] }, ["a", "b"]],
    ["a set of subprotocols", { protocols: new Set(["a", "b"]) }, ["a", "b"]],
    ["a String as subprotocols", { protocols: new String("ab") }, ["a", "b"]],
    ["subprotocols that are no strings", { protocols: [1, null] }, ["1", "null"]],
    ["inherited members", Object.create({ protocols: ["a"], signal: new AbortController().signal }), ["a"]],
  ])("accepts %s [R29]", async (_, options, offered) => {
    const seen: (readonly string[])[] = [];
    const world = new World({
      handler: (opening) => {
        seen.push(opening.request.subprotocols);
        opening.reject({ status: 404 });
      },
    });
    const stream = new world.WebSocketStream(url, options as Any);
    await expect(stream.opened).rejects.toBeInstanceOf(WebSocketError);
    expect(seen).toEqual([offered]);
  });

  it("keeps the defaults of its adapter, and options beyond the standard [R29]", async () => {
    const world = new World();
    const stream = new world.WebSocketStream(url, { fields: [["X-Test", "1"]] });
    await stream.opened;
    await until(() => world.accepted.length === 1);
  });
});

describe("close() of a WebSocketStream", () => {
  it.each<[unknown]>([[true], [1000], ["text"], [Symbol("info")], [1n]])("throws a TypeError for %s [R29]", (info) => {
    const stream = new AdapterStream("ws://example.com/");
    expect(thrown(() => stream.close(info as Any))).toBeInstanceOf(TypeError);
    stream.close();
  });

  it.each<[unknown]>([
    [-1],
    [65_536],
    [70_000],
    [Number.NaN],
    ["text"],
    [Number.POSITIVE_INFINITY],
    [1n],
    [Symbol("code")],
  ])("throws a TypeError for the out-of-range code %s [R29]", (closeCode) => {
    const stream = new AdapterStream("ws://example.com/");
    expect(thrown(() => stream.close({ closeCode } as Any))).toBeInstanceOf(TypeError);
    expect(thrown(() => new WebSocketError("", { closeCode } as Any))).toBeInstanceOf(TypeError);
    stream.close();
  });

  it.each<[unknown]>([[null], [0], [999], [1001], [2999], [5000], [65_535], [true], [[]]])(
    "throws an InvalidAccessError for the reserved code %j [R29]",
    (closeCode) => {
      const stream = new AdapterStream("ws://example.com/");
      expect(thrown(() => stream.close({ closeCode } as Any)).name).toBe("InvalidAccessError");
      expect(thrown(() => new WebSocketError("", { closeCode } as Any)).name).toBe("InvalidAccessError");
      stream.close();
    },
  );

  it.each<[unknown, number, string]>([
    [undefined, 1005, ""],
    [null, 1005, ""],
    [{}, 1005, ""],
    [[], 1005, ""],
    [{ closeCode: undefined, reason: undefined }, 1005, ""],
    [{ closeCode: "3001" }, 3001, ""],
    [{ closeCode: 3001.9 }, 3001, ""],
    [{ closeCode: [3001] }, 3001, ""],
    [{ reason: "why" }, 1000, "why"],
    [{ closeCode: 1000, reason: null }, 1000, "null"],
    [{ reason: "\ud800" }, 1000, "\ufffd"],
    [{ closeCode: 1000, reason: 5 }, 1000, "5"],
    [Object.create({ closeCode: 3002, reason: "inherited" }), 3002, "inherited"],
  ])("accepts %j, and the peer receives %j %j [R29]", async (info, code, reason) => {
    const world = new World();
    const stream = new world.WebSocketStream("ws://example.com/");
    await stream.opened;
    await until(() => world.accepted.length === 1);
    const heard: unknown[] = [];
    world.accepted[0]?.addEventListener("close", (event) => heard.push([event.code, event.reason]));
    stream.close(info as Any);
    await until(() => heard.length === 1);
    expect(heard).toEqual([[code, reason]]);
  });

  it("throws a SyntaxError for a reason above 123 bytes after its conversion [R29]", () => {
    const stream = new AdapterStream("ws://example.com/");
    expect(thrown(() => stream.close({ reason: { toString: () => "x".repeat(124) } } as Any)).name).toBe("SyntaxError");
    expect(thrown(() => stream.close({ reason: Symbol("reason") } as Any))).toBeInstanceOf(TypeError);
    stream.close({ reason: "\ud800".repeat(41) });
  });
});

describe("a WebSocketError", () => {
  it.each<[unknown[], string, number | null, string]>([
    [[], "", null, ""],
    [[undefined, undefined], "", null, ""],
    [[null, null], "null", null, ""],
    [[5, {}], "5", null, ""],
    [["why", { closeCode: 3456, reason: "because" }], "why", 3456, "because"],
    [["", { reason: "only" }], "", 1000, "only"],
    [["", { closeCode: "3000", reason: 1 }], "", 3000, "1"],
    [["", { closeCode: 3333 }], "", 3333, ""],
  ])("made with %j has the message %j, the code %j and the reason %j [R29]", (given, message, closeCode, reason) => {
    const error = Reflect.construct(WebSocketError, given) as WebSocketError;
    expect([error.name, error.code, error.message]).toEqual(["WebSocketError", 0, message]);
    expect([error.closeCode, error.reason]).toEqual([closeCode, reason]);
    expect(error).toBeInstanceOf(DOMException);
    expect(error).toBeInstanceOf(Error);
    expect(() => {
      (error as Any).closeCode = 1;
    }).toThrow(TypeError);
  });

  it("throws a TypeError for values that cannot be converted, and a SyntaxError for a long reason [R29]", () => {
    for (const given of [[Symbol("message")], ["", true], ["", "text"], ["", { reason: Symbol("reason") }]]) {
      expect(thrown(() => Reflect.construct(WebSocketError, given))).toBeInstanceOf(TypeError);
    }
    expect(thrown(() => new WebSocketError("", { reason: "\u{1f50c}".repeat(32) })).name).toBe("SyntaxError");
  });
});

describe("a chunk written to a WebSocketStream", () => {
  it("must not be shared or resizable, per the standard [R29]", async () => {
    const world = new World();
    const stream = new world.WebSocketStream("ws://example.com/");
    const { writable } = await stream.opened;
    const Resizable = ArrayBuffer as Any;
    const resizable = new Resizable(4, { maxByteLength: 8 });
    for (const data of [
      resizable,
      new Uint8Array(resizable),
      new SharedArrayBuffer(4),
      new Uint8Array(new SharedArrayBuffer(4)),
      { toString: () => ({}) },
      Symbol("data"),
    ]) {
      const other = new world.WebSocketStream("ws://example.com/");
      const writer = (await other.opened).writable.getWriter();
      await expect(writer.write(data as Any)).rejects.toBeInstanceOf(TypeError);
      other.close();
    }
    await writable.getWriter().write(new Uint8Array(new ArrayBuffer(4)));
    stream.close();
  });
});
