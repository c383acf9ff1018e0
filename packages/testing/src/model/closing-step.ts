/** One command of the closing handshake, applied to both the endpoints and the model. */
import type { ConnectionEvent, Role } from "@hybi/core";
import { encodeFrame, opcodes } from "@hybi/core/frame";
import type fc from "fast-check";
import { concatBytes, utf8Bytes } from "../bytes/bytes.ts";
import { byteByByte, cutIntoChunks, inOneChunk } from "../bytes/chunking.ts";
import { type CloseContent, closePayload } from "../wire/close-content.ts";
import { readFrames } from "../wire/read-frames.ts";
import { peerRole } from "../wire/roles.ts";
import {
  ask,
  type ClosingModel,
  isTaken,
  type ModelEnd,
  type ModelEvent,
  maySend,
  owedToTransport,
  receiveEnd,
  receiveFrame,
  takeFrames,
} from "./closing-model.ts";
import type { ClosingPair } from "./closing-pair.ts";

/** The steps that can be applied to a pair of endpoints. */
export type ClosingStep = { readonly by: Role } & (
  | { readonly type: "send" | "ping"; readonly data: string }
  | { readonly type: "ask"; readonly content: CloseContent }
  | { readonly type: "take" | "misbehave" | "end-half" | "receive-end" | "abort" | "lose" }
  | { readonly type: "deliver"; readonly byteByByte: boolean }
);

/** Behaviour that an implementation may choose. */
export interface ClosingOptions {
  /**
   * Whether `error`, thrown because no more messages may be sent, is the right error for `why`. By default any error is
   * accepted.
   */
  readonly isRefusal?: (error: unknown, why: "after-close" | "ended") => boolean;
  /** Expected reason of the Close frame with 1002 sent after a reserved opcode. By default any reason is accepted. */
  readonly failureReason?: string;
}

const roles: readonly Role[] = ["client", "server"];

/** A frame as one line of text; equal frames give equal lines. */
type Line = string;

export class ClosingCommand implements fc.Command<ClosingModel, ClosingPair> {
  readonly #step: ClosingStep;
  readonly #options: ClosingOptions;

  constructor(step: ClosingStep, options: ClosingOptions) {
    this.#step = step;
    this.#options = options;
  }

  check(model: Readonly<ClosingModel>): boolean {
    const { by, type } = this.#step;
    const end = model.ends[by];
    const incoming = model.pipes[peerRole(by)];
    switch (type) {
      case "end-half":
        return owedToTransport(end, by) === "end" && isTaken(end) && !model.pipes[by].ended;
      case "receive-end":
        return incoming.ended && incoming.frames.length === 0;
      case "take":
      case "misbehave":
        // An endpoint that has ended its half, or has seen the end, writes nothing that could arrive.
        return !model.pipes[by].ended;
      default:
        return true;
    }
  }

  run(model: ClosingModel, real: ClosingPair): void {
    this.#do(model, real);
    for (const role of roles) {
      this.#compare(
        `the ${role}'s transport`,
        real.subjects[role].transportAction,
        owedToTransport(model.ends[role], role),
      );
    }
  }

  toString(): string {
    const { by, type, ...rest } = this.#step;
    return `${by}: ${type}${Object.keys(rest).length === 0 ? "" : ` ${JSON.stringify(rest)}`}`;
  }

  #do(model: ClosingModel, real: ClosingPair): void {
    const step = this.#step;
    const { by } = step;
    const end = model.ends[by];
    const subject = real.subjects[by];
    switch (step.type) {
      case "send":
        this.#attempt(end, () => subject.sendText(step.data));
        if (maySend(end)) end.messages.push(step.data);
        return;
      case "ping":
        this.#attempt(end, () => subject.sendPing(utf8Bytes(step.data)));
        if (maySend(end)) end.pings.push(step.data);
        return;
      case "ask":
        subject.sendClose(step.content.statusCode, step.content.reason);
        ask(end, step.content);
        return;
      case "take": {
        const taken = concatBytes(subject.takeOutput());
        const frames = takeFrames(end);
        const read = readFrames(taken);
        this.#compare("frames", read.map(this.#readLine), frames.map(this.#owedLine));
        // The model does not predict the reason of the Close frame after a failure, so copy it from the actual frame.
        const reason = new TextDecoder().decode(read.at(-1)?.payload.subarray(2));
        const failure = { type: "close", content: { statusCode: 1002, reason } } as const;
        model.pipes[by].frames.push(...frames.map((frame) => (frame.type === "failure" ? failure : frame)));
        real.pipes[by].push(taken);
        return;
      }
      case "misbehave":
        // A frame with a reserved opcode, after everything already sent.
        model.pipes[by].frames.push({ type: "illegal" });
        real.pipes[by].push(encodeFrame({ opcode: 0x3, maskingKey: by === "client" ? 1 : undefined }));
        return;
      case "deliver": {
        const from = peerRole(by);
        const chunks = cutIntoChunks(
          concatBytes(real.pipes[from].splice(0)),
          step.byteByByte ? byteByByte : inOneChunk,
        );
        const actual = chunks.flatMap((chunk) => subject.receive(chunk));
        const expected = model.pipes[from].frames.splice(0).flatMap((frame) => receiveFrame(end, by, frame));
        this.#compareEvents(actual, expected);
        return;
      }
      case "end-half":
        model.pipes[by].ended = true;
        return;
      case "receive-end":
        this.#compareEvents(subject.receiveEnd(), receiveEnd(end));
        return;
      case "abort":
        this.#compareEvents(subject.expire("closing"), []);
        if (!end.ended) end.aborted = true;
        return;
      case "lose":
        for (const role of roles) {
          Object.assign(model.pipes[role], { frames: [], ended: true });
          real.pipes[role].length = 0;
          this.#compareEvents(real.subjects[role].receiveEnd(), receiveEnd(model.ends[role]));
        }
        return;
      default:
        step satisfies never;
    }
  }

  /** Sends, and checks that the send is refused exactly when the model says so. */
  #attempt(end: Readonly<ModelEnd>, send: () => void): void {
    let refusal: { readonly error: unknown } | undefined;
    try {
      send();
    } catch (error) {
      refusal = { error };
    }
    this.#compare("whether it was refused", refusal !== undefined, !maySend(end));
    if (refusal === undefined || this.#options.isRefusal === undefined) return;
    const why = end.ended ? "ended" : "after-close";
    if (!this.#options.isRefusal(refusal.error, why)) this.#differ(`why it was refused`, String(refusal.error), why);
  }

  #compareEvents(actual: readonly ConnectionEvent[], expected: readonly ModelEvent[]): void {
    this.#compare("events", actual.map(eventLine), expected.map(modelLine));
  }

  #compare(what: string, found: unknown, expected: unknown): void {
    if (JSON.stringify(found) !== JSON.stringify(expected)) this.#differ(what, found, expected);
  }

  #differ(what: string, found: unknown, expected: unknown): never {
    throw new Error(
      `after "${this}" ${what}: ${JSON.stringify(found)}, where the model says ${JSON.stringify(expected)}`,
    );
  }

  readonly #readLine = ({ opcode, payload }: { opcode: number; payload: Uint8Array }): Line => {
    // After a failure only the status code of the Close frame is checked, unless a reason was given.
    const isFailure = opcode === opcodes.close && payload[0] === 0x03 && payload[1] === 0xea;
    const anyReason = this.#options.failureReason === undefined;
    return `${opcode} ${String.fromCharCode(...(isFailure && anyReason ? payload.subarray(0, 2) : payload))}`;
  };

  readonly #owedLine = (frame: ReturnType<typeof takeFrames>[number]): Line => {
    if (frame.type === "failure") {
      const content = { statusCode: 1002, reason: this.#options.failureReason ?? "" };
      return `${opcodes.close} ${String.fromCharCode(...closePayload(content.statusCode, content.reason))}`;
    }
    const payload =
      frame.type === "close" ? closePayload(frame.content.statusCode, frame.content.reason) : utf8Bytes(frame.data);
    return this.#readLine({ opcode: opcodes[frame.type], payload });
  };
}

function eventLine(event: ConnectionEvent): Line {
  switch (event.type) {
    case "text":
      return `text ${event.data}`;
    case "ping":
    case "pong":
      return `${event.type} ${String.fromCharCode(...event.payload)}`;
    case "close":
      return `close ${event.statusCode} ${event.reason}`;
    case "end":
      return `end ${event.clean} ${event.statusCode} ${event.reason}`;
    default:
      return event.type;
  }
}

function modelLine(event: ModelEvent): Line {
  switch (event.type) {
    case "close":
      return `close ${event.content.statusCode} ${event.content.reason}`;
    case "failure":
      return "failure";
    case "end":
      return `end ${event.clean} ${event.statusCode} ${event.reason}`;
    default:
      return `${event.type} ${event.data}`;
  }
}
