/** Output: legal frames only, within the budget, in order, however messages are written and taken. */
import {
  type Agreement,
  Connection,
  type ConnectionSink,
  type MessageStream,
  plainAgreement,
  type Role,
  UsageError,
} from "@hybi/core";
import { FrameDecoder, headerLength, isControl, maxHeaderLength } from "@hybi/core/frame";
import {
  arb,
  concatBytes,
  cutIntoChunks,
  describeBytes,
  patternBytes,
  peerRole,
  sampleRandom,
  scaledRuns,
  turningExtension,
} from "@hybi/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** The actions of application and transport, in turn. */
type Turn =
  | { readonly type: "start"; readonly priority: number }
  | { readonly type: "write" | "end"; readonly stream: number; readonly size: number }
  | { readonly type: "send"; readonly size: number; readonly priority: number }
  | { readonly type: "ping" }
  | { readonly type: "take"; readonly budget: number };

function turn(): fc.Arbitrary<Turn> {
  const priority = fc.constantFrom(0, 0, 0, 1, -2);
  const size = fc.oneof(fc.nat(40), fc.constantFrom(1000, 4096, 4097, 9000));
  return fc.oneof(
    { weight: 2, arbitrary: fc.record({ type: fc.constant("start" as const), priority }) },
    { weight: 5, arbitrary: fc.record({ type: fc.constant("write" as const), stream: fc.nat(2), size }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant("end" as const), stream: fc.nat(2), size }) },
    { weight: 3, arbitrary: fc.record({ type: fc.constant("send" as const), size, priority }) },
    { weight: 1, arbitrary: fc.constant({ type: "ping" as const }) },
    {
      weight: 3,
      arbitrary: fc.record({ type: fc.constant("take" as const), budget: fc.oneof(fc.nat(50), fc.nat(20_000)) }),
    },
  );
}

/** A sent frame: whether it is a control frame, the length of its payload, and its total length. */
interface SentFrame {
  readonly control: boolean;
  readonly payload: number;
  readonly length: number;
}

/** Decodes the output of `sender` call by call; returns the frames of each call. */
function frameReader(sender: Role): (bytes: Uint8Array) => SentFrame[] {
  let frames: SentFrame[] = [];
  const decoder = new FrameDecoder(
    {
      frame: (firstByte, payload) => {
        const length = headerLength(payload, sender === "client") + payload;
        frames.push({ control: isControl(firstByte & 0xf), payload, length });
        return undefined;
      },
      payload: () => undefined,
    },
    { role: peerRole(sender), ownedRsv: 0x20 },
  );
  return (bytes) => {
    frames = [];
    expect(decoder.decode(bytes)).toBeUndefined();
    return frames;
  };
}

/** Passes a copy of `data` to `send`, and changes it afterwards, as an application may with up to 4 KiB. */
function changedBehind(data: Uint8Array, send: (given: Uint8Array) => void): void {
  const given = data.slice();
  send(given);
  if (given.length <= 4096) given.fill(0xaa);
}

const roles: readonly Role[] = ["client", "server"];

describe.each(roles)("a %s", (role) => {
  const agreement = (of: Role, extension: boolean): Agreement => ({
    ...plainAgreement(of),
    extensions: extension ? [{ name: "x-turning", parameters: [] }] : [],
  });

  it("sends messages complete and in order within a priority, however they are written while others wait [F22] [F23]", () => {
    const fragmentSize = fc.constantFrom(20, 100, 4096, 5000, 65_536);
    fc.assert(
      fc.property(
        fc.array(turn(), { maxLength: 30, size: "max" }),
        fragmentSize,
        fc.boolean(),
        (turns, fragmentSize, extension) => {
          const extensions = [turningExtension({ every: 2, hold: 3 })];
          const options = { extensions, random: sampleRandom(), limits: { fragments: Number.POSITIVE_INFINITY } };
          const sender = new Connection(agreement(role, extension), { ...options, fragmentSize });
          const receiver = new Connection(agreement(peerRole(role), extension), { ...options, random: sampleRandom() });
          const messages: {
            readonly priority: number;
            readonly data: Uint8Array[];
            stream?: MessageStream | undefined;
          }[] = [];
          const received: string[] = [];
          const read = frameReader(role);
          const take = (budget: number): number => {
            const bytes = concatBytes(sender.takeOutput(budget));
            const frames = read(bytes.slice());
            const longest = frames.reduce(
              (most, { control, payload }) => (control ? most : Math.max(most, payload)),
              0,
            );
            expect(longest).toBeLessThanOrEqual(fragmentSize);
            // The budget is exceeded only to finish a frame.
            const last = frames.at(-1)?.length ?? 0;
            expect(bytes.length - last).toBeLessThanOrEqual(budget);
            // Frames are cut to fit, down to 1 KiB; frames packed earlier, up to 4 KiB, leave whole.
            expect(bytes.length - budget).toBeLessThanOrEqual(4096 + maxHeaderLength);
            for (const event of receiver.receive(bytes)) {
              if (event.type === "failure") expect(event).toBeUndefined();
              if (event.type === "binary") received.push(describeBytes(event.data));
            }
            return bytes.length;
          };
          for (const [index, turn] of turns.entries()) {
            const open = messages.filter(({ stream }) => stream !== undefined);
            if (turn.type === "start") {
              const stream = sender.startMessage("binary", { priority: turn.priority });
              messages.push({ priority: turn.priority, data: [], stream });
            } else if (turn.type === "send") {
              const data = patternBytes(turn.size, index);
              changedBehind(data, (given) => sender.sendBinary(given, { priority: turn.priority }));
              messages.push({ priority: turn.priority, data: [data] });
            } else if (turn.type === "ping") changedBehind(patternBytes(5), (given) => sender.sendPing(given));
            else if (turn.type === "take") take(turn.budget);
            else {
              const message = open[turn.stream % Math.max(1, open.length)];
              if (turn.type === "write") {
                const data = patternBytes(turn.size, index);
                changedBehind(data, (given) => message?.stream?.write(given));
                message?.data.push(data);
              } else if (message !== undefined) {
                message.stream?.end();
                message.stream = undefined;
              }
            }
          }
          for (const { stream } of messages) stream?.end();
          while (take(10_000) > 0);
          expect(sender.outputLength).toBe(0);
          const sent = messages.map(({ priority, data }) => ({ priority, text: describeBytes(concatBytes(data)) }));
          expect([...received].sort()).toEqual(sent.map(({ text }) => text).sort());
          for (const priority of new Set(sent.map((message) => message.priority))) {
            const expected = sent.filter((message) => message.priority === priority).map(({ text }) => text);
            // Equal messages of different priorities cannot be distinguished.
            if (new Set(received).size < received.length) continue;
            expect(received.filter((text) => expected.includes(text))).toEqual(expected);
          }
        },
      ),
      scaledRuns(80),
    );
  });

  it("sends legal frames whatever its application does from inside a sink", () => {
    const actions = fc.array(fc.constantFrom("text", "long", "ping", "close", "take", "stream", "nothing"), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(
        arb.legalStream(peerRole(role), { most: 300 }),
        arb.chunking(),
        actions,
        ({ bytes }, where, actions) => {
          const connection = new Connection(plainAgreement(role), { random: sampleRandom() });
          const output: Uint8Array[] = [];
          let turn = 0;
          const act = (): void => {
            const action = actions[turn++ % actions.length];
            try {
              if (action === "text") connection.sendText("text");
              else if (action === "long") connection.sendBinary(patternBytes(9000), { priority: 1 });
              else if (action === "ping") connection.sendPing();
              else if (action === "close") connection.sendClose(1000);
              else if (action === "take") output.push(...connection.takeOutput(100));
              else if (action === "stream") connection.startMessage("text").write("begun and never ended");
            } catch (error) {
              if (!(error instanceof UsageError)) throw error;
            }
          };
          const sink: ConnectionSink = {
            text: act,
            binary: act,
            piece: act,
            ping: act,
            pong: act,
            close: act,
            failure: act,
            end: act,
          };
          for (const chunk of cutIntoChunks(bytes, where)) connection.receiveInto(chunk, sink);
          output.push(...connection.takeOutput());
          const peer = new Connection(plainAgreement(peerRole(role)), { random: sampleRandom() });
          const events = peer.receive(concatBytes(output));
          expect(events.filter(({ type }) => type === "failure")).toEqual([]);
          expect(events.filter(({ type }) => type === "close").length).toBeLessThanOrEqual(1);
        },
      ),
      scaledRuns(100),
    );
  });
});
