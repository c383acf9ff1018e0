/**
 * The packages in engines that lack parts of the web platform, such as React Native's: each part alone, and all together. Such
 * an engine is a context of node:vm, which has what ECMAScript has, and what it is given.
 */
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";

type Program = typeof import("./bare-program.ts");

/** All of the platform that the packages use. */
const platform = {
  ...{ AbortController, AbortSignal, Blob, DOMException, Event, EventTarget, MessageEvent },
  ...{ ReadableStream, WritableStream, TransformStream, TextDecoder, TextEncoder, URL },
  ...{ console, crypto, performance, queueMicrotask, structuredClone },
  ...{ setTimeout, clearTimeout },
};
type Name = keyof typeof platform;
const names = Object.keys(platform) as Name[];
const timers: Name[] = ["setTimeout", "clearTimeout"];

let script = "";

beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [`${import.meta.dirname}/bare-program.ts`],
    bundle: true,
    write: false,
    format: "iife",
    globalName: "program",
    platform: "browser",
    target: "es2022",
    conditions: ["@hybi/source"],
    logLevel: "error",
  });
  script = outputFiles[0]?.text ?? "";
});

/** The program in an engine that has `globals` beside the language. */
function engine(globals: object): Program {
  return runInContext(`${script}; program`, createContext({ ...globals }));
}

function without(...missing: readonly Name[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(platform).filter(([name]) => !missing.includes(name as Name)));
}

const untilTimers = names.filter((name) => !timers.includes(name));

/** Engines, and what they lack. */
const engines: [string, object][] = [
  ["nothing missing", platform],
  ...untilTimers.map((name): [string, object] => [`no ${name}`, without(name)]),
  ["no Event and no EventTarget", without("Event", "EventTarget")],
  ["no EventTarget and no MessageEvent", without("EventTarget", "MessageEvent")],
  ["nothing but timers", without(...untilTimers)],
  [
    "what React Native has in place of the platform's",
    {
      ...without("DOMException", "Event", "EventTarget", "MessageEvent", "ReadableStream", "WritableStream", "crypto"),
      // Both are there, and can do next to nothing.
      Blob: class {
        constructor(parts: readonly unknown[] = []) {
          if (parts.some((part) => typeof part !== "string")) throw new Error("Creating blobs is not supported");
        }
      },
      URL: class {
        get protocol(): string {
          throw new Error("not implemented");
        }
      },
      TextDecoder: class {
        constructor(_label: string, options: { fatal?: boolean; ignoreBOM?: boolean } = {}) {
          if (options.fatal === true || options.ignoreBOM === true) throw new Error("not supported");
        }
      },
      TextEncoder: class {},
      AbortController: undefined,
      structuredClone: undefined,
    },
  ],
];

describe.each(engines)("an engine with %s", (_, globals) => {
  it("loads every package, and carries conversations, compressed or not [R10]", async () => {
    const program = engine(globals);
    const expected = [
      "open true",
      "once",
      "Grüße 👋 \ufeff from ws://example.com:8080",
      `${"x".repeat(20)} from ws://example.com:8080`,
      "1,2,255 from ws://example.com:8080",
      "4000  true",
    ];
    for (const compressed of [false, true]) expect(Array.from(await program.talk(compressed))).toEqual(expected);
  });

  it("has errors of the platform's names and codes, and refuses what is no UTF-8 [R10]", async () => {
    expect(Array.from(await engine(globals).errors())).toEqual([
      "SyntaxError 12 true",
      "SyntaxError 12 true",
      "SyntaxError 12 true",
      "SyntaxError 12 true",
      "InvalidStateError 11 true",
      "InvalidAccessError 15 true",
      "WebSocketError 0 true",
      "true 1006",
      "OpeningError undefined true",
      "1007",
    ]);
  });

  it("comes back, and is in time [R10]", async () => {
    const program = engine(globals);
    expect(Array.from(await program.comeBack())).toEqual(["waiting", "hello"]);
    expect(Array.from(await program.tooLate()).sort()).toEqual(["TimeoutError", "true AbortError"]);
  });
});

describe("an engine says what it lacks where that is needed", () => {
  it("ReadableStream or WritableStream, when a stream is made [R10]", () => {
    for (const name of ["ReadableStream", "WritableStream"] as const) {
      const program = engine(without(name));
      const { WebSocketStream } = program.connected();
      const message = program.messageOf(() => new WebSocketStream("ws://example.com/"));
      expect(message).toContain(`needs ${name}, which this runtime lacks`);
    }
  });

  it("Blob, when binary messages are to be Blobs [R10]", () => {
    const program = engine(without("Blob"));
    const { WebSocket } = program.connected();
    const socket = new WebSocket("ws://example.com/");
    expect(socket.binaryType).toBe("arraybuffer");
    expect(program.messageOf(() => (socket.binaryType = "blob"))).toContain("Blob");
    expect(socket.binaryType).toBe("arraybuffer");
    expect(program.messageOf(() => new WebSocket("ws://example.com/", { binaryType: "blob" }))).toContain("Blob");
    socket.close();
  });

  it("crypto, when a client is made without a source of randomness [R10]", () => {
    const program = engine(without("crypto"));
    const WebSocket = program.createWebSocketClass(() => new Promise(() => {}));
    const message = program.messageOf(() => new WebSocket("ws://example.com/"));
    expect(message).toMatch(/^option\/random-missing .*crypto\.getRandomValues/);
  });

  it("setTimeout, when a client or a server is made without a clock [R10]", () => {
    // Not quite missing: fast-check, which is in the program as well, cannot be loaded then.
    const program = engine({ ...without("setTimeout"), setTimeout: null });
    const { createWebSocketClass, WebSocketServer } = program;
    const WebSocket = createWebSocketClass(() => new Promise(() => {}), { random: () => {} });
    for (const make of [() => new WebSocket("ws://example.com/"), () => new WebSocketServer(() => {})])
      expect(program.messageOf(make)).toContain("setTimeout");
  });

  it("URL, when a URL is relative [R10]", () => {
    const program = engine(without("URL"));
    const { WebSocket } = program.connected();
    const message = program.messageOf(() => new WebSocket("chat", { base: "https://example.com/" }));
    expect(message).toContain("URL, which this runtime lacks");
  });
});
