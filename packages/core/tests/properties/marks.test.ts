/** Marks say which messages have left: all whose bytes were handed back, no others, in their order on the wire, each once. */
import { type Agreement, Connection, type MessageStream, plainAgreement, type Role, UsageError } from "@hybi/core";
import { concatBytes, patternBytes, peerRole, sampleRandom, scaledRuns, turningExtension } from "@hybi/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** The actions of application, transport and peer. */
type Action =
  | { readonly type: "send"; readonly size: number; readonly priority: number; readonly isMarked: boolean }
  | { readonly type: "start"; readonly priority: number; readonly isMarked: boolean }
  | { readonly type: "write" | "end"; readonly size: number }
  | { readonly type: "ping" | "hand back" | "close" | "peer closes" }
  | { readonly type: "take"; readonly budget: number };

function action(): fc.Arbitrary<Action> {
  const priority = fc.constantFrom(0, 0, 0, 1, -2);
  const size = fc.oneof(fc.nat(40), fc.constantFrom(1000, 4096, 4097, 9000, 70_000));
  const isMarked = fc.boolean();
  const type = <Type extends Action["type"]>(type: Type): fc.Arbitrary<Type> => fc.constant(type);
  return fc.oneof(
    { weight: 8, arbitrary: fc.record({ type: type("send"), size, priority, isMarked }) },
    { weight: 2, arbitrary: fc.record({ type: type("start"), priority, isMarked }) },
    { weight: 3, arbitrary: fc.record({ type: type("write"), size }) },
    { weight: 2, arbitrary: fc.record({ type: type("end"), size }) },
    { weight: 1, arbitrary: fc.record({ type: type("ping") }) },
    { weight: 5, arbitrary: fc.record({ type: type("take"), budget: fc.oneof(fc.nat(50), fc.nat(20_000)) }) },
    { weight: 5, arbitrary: fc.record({ type: type("hand back") }) },
  );
}

const endings: fc.Arbitrary<Action["type"] & ("close" | "peer closes")> = fc.constantFrom("close", "peer closes");

describe.each<[Role, boolean]>([
  ["client", false],
  ["client", true],
  ["server", false],
  ["server", true],
])("a %s, with extensions: %s,", (role, extension) => {
  const agreement = (of: Role): Agreement => ({
    ...plainAgreement(of),
    extensions: extension ? [{ name: "x-turning", parameters: [] }] : [],
  });

  it("is told of every message that has left, once and in order, and of no other", () => {
    fc.assert(
      fc.property(
        fc.array(action(), { maxLength: 40, size: "max" }),
        endings,
        fc.array(action(), { maxLength: 10 }),
        fc.constantFrom(100, 5000, 65_536),
        (before, ending, after, fragmentSize) => {
          const extensions = [turningExtension({ every: 2, hold: 3 })];
          const options = { extensions, random: sampleRandom(), limits: { fragments: Number.POSITIVE_INFINITY } };
          const sender = new Connection(agreement(role), { ...options, fragmentSize });
          const receiver = new Connection(agreement(peerRole(role)), { ...options, random: sampleRandom() });
          /** The subjects of the marks, by the first byte of their messages; 255 messages are more than there are. */
          const marks = new Map<number, { readonly id: number }>();
          const expected: object[] = [];
          const told: object[] = [];
          let streams: { readonly stream: MessageStream; isEmpty: boolean; readonly id: number }[] = [];
          let inFlight: readonly Uint8Array[] = [];
          let next = 0;

          const mark = (id: number, priority: number, isMarked: boolean): void => {
            if (!isMarked) return;
            const subject = { id };
            marks.set(id, subject);
            sender.mark(subject, priority);
          };
          const handBack = (): void => {
            for (const event of receiver.receive(concatBytes(inFlight))) {
              expect(event.type).not.toBe("failure");
              const subject = event.type === "binary" ? marks.get(event.data[0] ?? -1) : undefined;
              if (subject !== undefined) expected.push(subject);
            }
            sender.releaseOutput(inFlight);
            inFlight = [];
          };
          const act = (action: Action): void => {
            const id = next;
            if (action.type === "send") {
              const data = patternBytes(action.size + 1);
              data[0] = id;
              sender.sendBinary(data, { priority: action.priority });
              mark(next++, action.priority, action.isMarked);
            } else if (action.type === "start") {
              const stream = sender.startMessage("binary", { priority: action.priority });
              streams.push({ stream, isEmpty: true, id });
              mark(next++, action.priority, action.isMarked);
            } else if (action.type === "write" || action.type === "end") {
              const [first] = streams;
              if (first === undefined) return;
              if (first.isEmpty) first.stream.write(Uint8Array.of(first.id));
              first.isEmpty = false;
              first.stream.write(patternBytes(action.size));
              if (action.type === "end") streams.shift()?.stream.end();
            } else if (action.type === "ping") sender.sendPing();
            else if (action.type === "take") {
              if (inFlight.length === 0) inFlight = sender.takeOutput(action.budget);
            } else if (action.type === "hand back") handBack();
            else if (action.type === "close") sender.sendClose(1000);
            else {
              receiver.sendClose(1000);
              sender.receive(concatBytes(receiver.takeOutput()));
            }
            told.push(...sender.takeMarks());
            expect(told).toEqual(expected);
          };
          for (const action of before) act(action);
          act({ type: ending });
          streams = [];
          for (const action of after) {
            try {
              act(action);
            } catch (error) {
              if (!(error instanceof UsageError)) throw error;
            }
          }
          act({ type: "hand back" });
          for (;;) {
            act({ type: "take", budget: 10_000 });
            if (inFlight.length === 0) break;
            act({ type: "hand back" });
          }
          expect(new Set(told).size).toBe(told.length);
          // Behind a Close of our own, all that was complete has left.
          if (ending === "close") expect(sender.queuedLength).toBe(0);
        },
      ),
      scaledRuns(100),
    );
  });
});
