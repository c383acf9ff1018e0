/**
 * The neutral suites in an engine without the web platform: no TextDecoder, TextEncoder, Event, DOMException, AbortController,
 * Blob, URL, performance, structuredClone or streams. A test that needs one of them is skipped, listed and counted: if it uses
 * the class itself, if it fails with the error by which our code says that the runtime lacks it, or if it is one of these.
 */
import { describeSuites, type Unfit } from "../suites/describe-suites.ts";
import { lent, startEngine } from "./engine.ts";

const unfit: Unfit = [
  [
    /accepted as a WebSocketStream|an accepted stream >|a handler of a stream >|ends its loops and its stream/,
    "ReadableStream",
  ],
  [
    /the WebSocketStream > (throws a SyntaxError|can also be accepted)|throws a TypeError before it checks/,
    "ReadableStream",
  ],
  [/^(.* > )?a stream has it as well$/, "ReadableStream"],
  [/tell of Pings that arrive at a stream$/, "ReadableStream"],
  [/^(.* > )?acceptStream gives the stream another one$/, "ReadableStream"],
  [/^(.* > )?and a stream answers them all the same: it has no event for them$/, "ReadableStream"],
  [/a client whose random source > .* is rejected at the start/, "ReadableStream"],
  [/the constructor > resolves "(ws:..\[::1\]|wss:..B)/, "URL"],
  [/has binaryType blob initially/, "Blob"],
];

await describeSuites("a bare engine", ({ script }) => startEngine(script), { lent, isBare: true, unfit });
