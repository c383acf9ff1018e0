/**
 * The packages in engines that lack parts of the web platform, such as React Native's: without each part, and without all of
 * them. An engine is a context of node:vm, which has ECMAScript and the globals that it is given.
 */
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";

type Program = typeof import("./bare-program.ts");

/** All parts of the platform that the packages use. */
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

/** Runs the program in an engine that has `globals` in addition to the language. */
function engine(globals: object): Program {
  return runInContext(`${script}; program`, createContext({ ...globals }));
}

function without(...missing: readonly Name[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(platform).filter(([name]) => !missing.includes(name as Name)));
}

const untilTimers = names.filter((name) => !timers.includes(name));

/** Engines, and the parts they lack. */
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
      // Both exist, but can do almost nothing.
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
  it("loads every package, and exchanges messages, compressed or not [R10]", async () => {
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

  it("throws errors with the platform's names and codes, and rejects invalid UTF-8 [R10]", async () => {
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

  it("reconnects, and observes deadlines [R10]", async () => {
    const program = engine(globals);
    expect(Array.from(await program.comeBack())).toEqual(["waiting", "hello"]);
    expect(Array.from(await program.tooLate()).sort()).toEqual(["too-late", "true AbortError"]);
  });
});

describe("an error names the missing part of an engine", () => {
  it("ReadableStream or WritableStream, when a stream is created [R10]", () => {
    for (const name of ["ReadableStream", "WritableStream"] as const) {
      const program = engine(without(name));
      const { WebSocketStream } = program.connected();
      const message = program.messageOf(() => new WebSocketStream("ws://example.com/"));
      expect(message).toContain(`needs ${name}, which this runtime lacks`);
    }
  });

  it("Blob, when binary messages are requested as Blobs [R10]", () => {
    const program = engine(without("Blob"));
    const { WebSocket } = program.connected();
    const socket = new WebSocket("ws://example.com/");
    expect(socket.binaryType).toBe("arraybuffer");
    expect(program.messageOf(() => (socket.binaryType = "blob"))).toContain("Blob");
    expect(socket.binaryType).toBe("arraybuffer");
    expect(program.messageOf(() => new WebSocket("ws://example.com/", { binaryType: "blob" }))).toContain("Blob");
    socket.close();
  });

  it("crypto, when a client is created without a source of randomness [R10]", () => {
    const program = engine(without("crypto"));
    const WebSocket = program.createWebSocketClass(() => new Promise(() => {}));
    const message = program.messageOf(() => new WebSocket("ws://example.com/"));
    expect(message).toMatch(/^option\/random-missing .*crypto\.getRandomValues/);
  });

  it("setTimeout, when a client or a server is created without a clock [R10]", () => {
    // Null rather than missing, because fast-check, which is part of the program, could not be loaded without it.
    const program = engine({ ...without("setTimeout"), setTimeout: null });
    const { createWebSocketClass, WebSocketServer } = program;
    const WebSocket = createWebSocketClass(() => new Promise(() => {}), { runtime: { random: () => {} } });
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
