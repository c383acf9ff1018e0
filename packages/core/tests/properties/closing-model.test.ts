/**
 * The closing handshake against a model of RFC 6455 §7, written from its text: two connections, two pipes, and
 * applications that send, ping, close, dawdle, fail each other and lose the transport in any order.
 */
import { Connection, type ConnectionEvent, plainAgreement, type Role, UsageError } from "@hybi/core";
import { encodeFrame, opcodes } from "@hybi/core/frame";
import {
  byteByByte,
  type CloseContent,
  closeContent,
  closePayload,
  concat,
  cut,
  eventTexts,
  inOneChunk,
  peerOf,
  sampleRandom,
  utf8,
} from "@hybi/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "../support/runs.ts";

/** What is on its way, as the model sees it. */
type ModelFrame =
  | { readonly type: "text" | "ping" | "pong"; readonly data: string }
  | { readonly type: "close"; readonly content: CloseContent }
  | { readonly type: "illegal" };

/** One endpoint, as RFC 6455 §7 sees it. */
interface ModelEnd {
  /** Its application has asked for the closing handshake (§7.1.2). */
  asked: boolean;
  /** What its one Close frame says, from when it is known that there will be one. */
  close: CloseContent | undefined;
  closeSent: boolean;
  closeReceived: CloseContent | undefined;
  /** It has failed the connection (§7.1.7). */
  failed: boolean;
  /** A deadline has passed: the transport is to be dropped. */
  aborted: boolean;
  /** It has seen the end of the transport. */
  ended: boolean;
  messages: string[];
  pings: string[];
  pongsDue: string[];
}

interface Model {
  readonly ends: Record<Role, ModelEnd>;
  /** Frames sent by each role, and whether it has ended its half of the transport. */
  readonly pipes: Record<Role, { frames: ModelFrame[]; ended: boolean }>;
}

interface Real {
  readonly connections: Record<Role, Connection>;
  readonly pipes: Record<Role, Uint8Array[]>;
}

function setup(): { model: Model; real: Real } {
  const end = (): ModelEnd => ({
    asked: false,
    close: undefined,
    closeSent: false,
    closeReceived: undefined,
    failed: false,
    aborted: false,
    ended: false,
    messages: [],
    pings: [],
    pongsDue: [],
  });
  const connection = (role: Role): Connection => new Connection(plainAgreement(role), { random: sampleRandom() });
  return {
    model: {
      ends: { client: end(), server: end() },
      pipes: { client: { frames: [], ended: false }, server: { frames: [], ended: false } },
    },
    real: {
      connections: { client: connection("client"), server: connection("server") },
      pipes: { client: [], server: [] },
    },
  };
}

// The rules of §7, and nothing else.

/** §5.5.1: no data frame after a Close frame; and an application that has asked for the end has said its last. */
function maySend(end: ModelEnd): boolean {
  return !end.asked && !end.closeSent && !end.ended;
}

/** §7.1.1: the server closes the transport first, the client waits for it. §7.1.7: who fails the connection closes it. */
function expectedTransport(end: ModelEnd, role: Role): string {
  if (end.aborted) return "abort";
  if (end.ended || (end.failed && end.closeSent)) return "end";
  if (end.closeSent && end.closeReceived !== undefined) return role === "server" ? "end" : "await-end";
  return "keep";
}

/** §5.5.1: who has sent no Close frame answers one, typically with its status code; §7.4.1: 1010 is the client's. */
function echo({ statusCode }: CloseContent, role: Role): CloseContent {
  return { statusCode: statusCode === 1010 && role === "server" ? 1000 : statusCode, reason: "" };
}

/** Takes everything that waits: control frames first (§5.4), then messages, and the Close frame, once, last of all. */
function takeFrames(end: ModelEnd): ModelFrame[] {
  const frames: ModelFrame[] = end.pings.splice(0).map((data) => ({ type: "ping", data }));
  frames.push(...end.pongsDue.splice(0).map((data): ModelFrame => ({ type: "pong", data })));
  frames.push(...end.messages.splice(0).map((data): ModelFrame => ({ type: "text", data })));
  if (end.close !== undefined && !end.closeSent) {
    frames.push({ type: "close", content: end.close });
    end.closeSent = true;
  }
  return frames;
}

/** A frame arrives; answers the events of it. */
function receiveFrame(end: ModelEnd, role: Role, frame: ModelFrame): string[] {
  // §1.4, §7.1.7: nothing means anything after the peer's Close frame, a failure, or the end.
  if (end.closeReceived !== undefined || end.failed || end.aborted || end.ended) return [];
  switch (frame.type) {
    case "text":
      return eventTexts([{ type: "text", data: frame.data }]);
    case "ping":
      // §5.5.2, §5.5.3: answered, and of many only the most recent ones.
      end.pongsDue = [...end.pongsDue, frame.data].slice(-16);
      return eventTexts([{ type: "ping", payload: utf8(frame.data) }]);
    case "pong":
      return eventTexts([{ type: "pong", payload: utf8(frame.data) }]);
    case "close":
      end.closeReceived = frame.content;
      end.close ??= echo(frame.content, role);
      // §5.5.2: a Pong, unless a Close frame was received.
      end.pongsDue = [];
      return eventTexts([{ type: "close", ...frame.content }]);
    case "illegal":
      end.failed = true;
      if (!end.closeSent) end.close = { statusCode: 1002, reason: "frame/opcode-reserved" };
      return ["failure frame/opcode-reserved"];
    default:
      return frame satisfies never;
  }
}

/** §7.1.4, §7.1.5: clean after both Close frames; the status code is the peer's, 1005 without one, 1006 without a frame. */
function endEvent(end: ModelEnd): string[] {
  if (end.ended) return [];
  end.ended = true;
  const { closeReceived } = end;
  const statusCode = closeReceived === undefined ? 1006 : (closeReceived.statusCode ?? 1005);
  return [
    `end ${closeReceived === undefined ? "unclean" : "clean"} ${statusCode} ${JSON.stringify(closeReceived?.reason ?? "")}`,
  ];
}

// What can be done to the two of them.

type Step = { readonly by: Role } & (
  | { readonly type: "send" | "ping"; readonly data: string }
  | { readonly type: "ask"; readonly content: CloseContent }
  | { readonly type: "take" | "misbehave" | "end-half" | "receive-end" | "abort" }
  | { readonly type: "deliver"; readonly byteByByte: boolean }
  | { readonly type: "lose" }
);

class StepCommand implements fc.Command<Model, Real> {
  readonly #step: Step;

  constructor(step: Step) {
    this.#step = step;
  }

  check(model: Readonly<Model>): boolean {
    const step = this.#step;
    const { by } = step;
    const end = model.ends[by];
    switch (step.type) {
      case "end-half":
        return expectedTransport(end, by) === "end" && isTaken(end) && !model.pipes[by].ended;
      case "receive-end":
        return model.pipes[peerOf(by)].ended && model.pipes[peerOf(by)].frames.length === 0;
      case "take":
      case "misbehave":
        // Who has ended its half, or seen the end, writes nothing that could arrive.
        return !model.pipes[by].ended;
      default:
        return true;
    }
  }

  run(model: Model, real: Real): void {
    const step = this.#step;
    const { by } = step;
    const end = model.ends[by];
    const connection = real.connections[by];
    switch (step.type) {
      case "send":
      case "ping": {
        const allowed = maySend(end);
        const refused = attempt(() => {
          if (step.type === "send") connection.sendText(step.data);
          else connection.sendPing(utf8(step.data));
        });
        expect(refused).toBe(allowed ? undefined : end.ended ? "endpoint/ended" : "send/after-close");
        if (allowed) (step.type === "send" ? end.messages : end.pings).push(step.data);
        break;
      }
      case "ask":
        expect(attempt(() => connection.sendClose(step.content.statusCode, step.content.reason))).toBeUndefined();
        if (!end.ended) end.asked = true;
        if (!end.ended) end.close ??= step.content;
        break;
      case "take": {
        const taken = concat(connection.takeOutput());
        const frames = takeFrames(end);
        expect(readFrames(taken)).toEqual(frames.map(shown));
        model.pipes[by].frames.push(...frames);
        real.pipes[by].push(taken);
        break;
      }
      case "misbehave":
        // A reserved opcode, behind whatever was sent.
        model.pipes[by].frames.push({ type: "illegal" });
        real.pipes[by].push(encodeFrame({ opcode: 0x3, maskingKey: by === "client" ? 1 : undefined }));
        break;
      case "deliver": {
        const from = peerOf(by);
        const bytes = concat(real.pipes[from].splice(0));
        const chunks = cut(bytes, step.byteByByte ? byteByByte : inOneChunk);
        const expected = model.pipes[from].frames.splice(0).flatMap((frame) => receiveFrame(end, by, frame));
        expect(withoutOffsets(chunks.flatMap((chunk) => connection.receive(chunk)))).toEqual(expected);
        break;
      }
      case "end-half":
        model.pipes[by].ended = true;
        break;
      case "receive-end":
        expect(eventTexts(connection.receiveEnd())).toEqual(endEvent(end));
        break;
      case "abort":
        expect(connection.expire("closing")).toEqual([]);
        if (!end.ended) end.aborted = true;
        break;
      case "lose":
        for (const role of ["client", "server"] as const) {
          model.pipes[role] = { frames: [], ended: true };
          real.pipes[role] = [];
          expect(eventTexts(real.connections[role].receiveEnd())).toEqual(endEvent(model.ends[role]));
        }
        break;
      default:
        step satisfies never;
    }
    for (const role of ["client", "server"] as const) {
      expect(real.connections[role].transport).toBe(expectedTransport(model.ends[role], role));
    }
  }

  toString(): string {
    const { by, type, ...rest } = this.#step;
    return `${by}: ${type}${Object.keys(rest).length === 0 ? "" : ` ${JSON.stringify(rest)}`}`;
  }
}

function isTaken(end: ModelEnd): boolean {
  const waiting = end.messages.length + end.pings.length + end.pongsDue.length;
  return waiting === 0 && (end.close === undefined || end.closeSent);
}

function attempt(command: () => void): string | undefined {
  try {
    command();
    return undefined;
  } catch (error) {
    if (error instanceof UsageError) return error.code;
    throw error;
  }
}

function withoutOffsets(events: readonly ConnectionEvent[]): string[] {
  return eventTexts(events).map((line) => line.replace(/^(failure \S+) at \d+$/, "$1"));
}

/** A frame of the model in the form of `readFrames`. */
function shown(frame: ModelFrame): string {
  if (frame.type === "close") return `${opcodes.close} ${String.fromCharCode(...closePayload(frame.content))}`;
  return frame.type === "illegal" ? "" : `${opcodes[frame.type]} ${String.fromCharCode(...utf8(frame.data))}`;
}

/** Frames of at most 125 bytes (RFC 6455 §5.2), without help from what is tested. */
function readFrames(bytes: Uint8Array): string[] {
  const frames: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [first = 0, second = 0] = bytes.subarray(at, at + 2);
    const length = second & 0x7f;
    const key = bytes.subarray(at + 2, second >= 0x80 ? at + 6 : at + 2);
    const start = at + 2 + key.length;
    const payload = bytes.slice(start, start + length).map((byte, index) => byte ^ (key[index % 4] ?? 0));
    frames.push(`${first & 0x0f} ${String.fromCharCode(...payload)}`);
    at = start + length;
  }
  return frames;
}

function steps(): fc.Arbitrary<StepCommand>[] {
  const by = fc.constantFrom<Role>("client", "server");
  const data = fc.constantFrom("", "a", "bc");
  const plain = (type: "take" | "misbehave" | "end-half" | "receive-end" | "abort" | "lose"): fc.Arbitrary<Step> =>
    fc.record({ by, type: fc.constant(type) });
  const ask = (by: fc.Arbitrary<Role>, content: fc.Arbitrary<CloseContent>): fc.Arbitrary<Step> =>
    fc.record({ by, type: fc.constant("ask" as const), content });
  // RFC 6455 §7.4.1: 1010 is the client's alone.
  const asking = fc.oneof(
    { weight: 4, arbitrary: ask(by, closeContent()) },
    { weight: 1, arbitrary: ask(fc.constant("client"), fc.constant({ statusCode: 1010, reason: "x-needed" })) },
  );
  // What ends everything is rare, so that much can happen before it.
  const fatal = fc.oneof(
    { weight: 3, arbitrary: plain("misbehave") },
    { weight: 1, arbitrary: plain("abort") },
    { weight: 1, arbitrary: plain("lose") },
  );
  const step = fc.oneof<fc.WeightedArbitrary<Step>[]>(
    { weight: 6, arbitrary: fc.record({ by, type: fc.constantFrom("send" as const, "ping" as const), data }) },
    { weight: 2, arbitrary: asking },
    { weight: 8, arbitrary: plain("take") },
    { weight: 8, arbitrary: fc.record({ by, type: fc.constant("deliver" as const), byteByByte: fc.boolean() }) },
    { weight: 3, arbitrary: plain("end-half") },
    { weight: 3, arbitrary: plain("receive-end") },
    { weight: 1, arbitrary: fatal },
  );
  return [step.map((step) => new StepCommand(step))];
}

describe("two connections that close", () => {
  it("do what RFC 6455 §7 says, in whatever order things happen [X06] [X07] [X08] [X09] [X13] [X14] [X15] [X16] [X20]", () => {
    fc.assert(
      fc.property(fc.commands(steps(), { maxCommands: 60, size: "max" }), (commands) => fc.modelRun(setup, commands)),
      runs(300),
    );
  });

  it("always come to a clean end once both applications have asked and everything is delivered [X12] [X14]", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom<Role>("client", "server"), { minLength: 1, maxLength: 4 }),
        closeContent(),
        (asking, content) => {
          const { real } = setup();
          const { client, server } = real.connections;
          for (const role of asking) real.connections[role].sendClose(content.statusCode, content.reason);
          const told: ConnectionEvent[] = [];
          for (let round = 0; round < 3; round++) {
            told.push(...server.receive(concat(client.takeOutput())), ...client.receive(concat(server.takeOutput())));
          }
          expect([server.transport, client.transport]).toEqual(["end", "await-end"]);
          expect(told.map(({ type }) => type)).toEqual(["close", "close"]);
          const [end] = client.receiveEnd();
          expect(end).toMatchObject({ type: "end", clean: true, statusCode: content.statusCode ?? 1005 });
          expect(server.receiveEnd()).toMatchObject([{ type: "end", clean: true }]);
        },
      ),
      runs(60),
    );
  });
});
