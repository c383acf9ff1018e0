/** Whatever one endpoint sends, the other reports: any commands, fragment size, budgets and chunks. */
import {
  type Agreement,
  Connection,
  type ConnectionEvent,
  type ConnectionOptions,
  Endpoint,
  plainAgreement,
  type Role,
} from "@hybi/core";
import {
  arb,
  type Chunking,
  type Command,
  concatBytes,
  cutIntoChunks,
  formatEvents,
  formatJoinedEvents,
  peerRole,
  performCommand,
  sampleRandom,
  scaledRuns,
  turningExtension,
  utf8Bytes,
} from "@hybi/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** How the bytes travel: when and how much output is taken, and how it is cut. */
interface Travel {
  /** Budgets used after each command, in turn; 0 takes nothing. */
  readonly budgets: readonly number[];
  readonly chunking: Chunking;
}

function travel(): fc.Arbitrary<Travel> {
  const budget = fc.oneof(fc.constant(0), fc.nat(300), fc.nat(100_000));
  return fc.record({ budgets: fc.array(budget, { minLength: 1, maxLength: 4 }), chunking: arb.chunking() });
}

/** Performs the commands, and returns the events at the other end. */
function carry(
  sender: Connection | Endpoint,
  receiver: Connection | Endpoint,
  commands: readonly Command[],
  how: Travel,
) {
  const events: ConnectionEvent[] = [];
  const take = (budget?: number): number => {
    const bytes = concatBytes(sender.takeOutput(budget));
    for (const chunk of cutIntoChunks(bytes, how.chunking))
      events.push(...(receiver.receive(chunk) as ConnectionEvent[]));
    return bytes.length;
  };
  for (const [index, command] of commands.entries()) {
    expect(performCommand(sender, command)).toBeUndefined();
    const budget = how.budgets[index % how.budgets.length] ?? 0;
    if (budget > 0) take(budget);
  }
  // Take the rest with a budget too, to show that no budget holds anything back for good.
  const budget = Math.max(1, ...how.budgets);
  for (let rounds = 0; take(budget) > 0; rounds++) if (rounds > 100_000) throw new Error("output never ends");
  expect(sender.outputLength).toBe(0);
  return events;
}

/** The event that a command causes at the other end. */
function expectedEvent(command: Command): ConnectionEvent {
  switch (command.type) {
    case "message":
      return command.message.kind === "text"
        ? { type: "text", data: command.message.data }
        : { type: "binary", data: command.message.data };
    case "stream":
      return command.kind === "text"
        ? { type: "text", data: command.pieces.join("") }
        : { type: "binary", data: concatBytes(command.pieces.map((piece) => piece as Uint8Array)) };
    case "close":
      return { type: "close", ...command.content };
    default:
      return { type: command.type, payload: command.payload };
  }
}

/** The event as delivered in fragments, with the fragments joined. */
function inFragments(event: ConnectionEvent): ConnectionEvent {
  if (event.type === "text") return { type: "piece", kind: "text", data: utf8Bytes(event.data), final: true };
  return event.type === "binary" ? { type: "piece", kind: "binary", data: event.data, final: true } : event;
}

const isControl = ({ type }: { readonly type: string }): boolean => type === "ping" || type === "pong";
const priorityOf = (command: Command): number => ("priority" in command ? command.priority : 0);

/** Settings of either end that must not change what arrives. */
interface Setting {
  readonly fragmentSize: number;
  readonly delivery: "messages" | "pieces";
  readonly extension: "none" | "every message" | "every other message" | "two of them";
}

const setting: fc.Arbitrary<Setting> = fc.record({
  fragmentSize: fc.oneof(fc.constantFrom(1, 125, 126, 4096, 65_536), fc.integer({ min: 1, max: 100_000 })),
  delivery: fc.constantFrom("messages" as const, "pieces" as const),
  extension: fc.constantFrom<Setting["extension"][]>(
    "none",
    "none",
    "every message",
    "every other message",
    "two of them",
  ),
});

function pair(role: Role, { fragmentSize, delivery, extension }: Setting): [Connection, Connection] {
  const names = extension === "none" ? [] : extension === "two of them" ? ["x-first", "x-second"] : ["x-first"];
  const agreement = (of: Role): Agreement => ({
    ...plainAgreement(of),
    extensions: names.map((name) => ({ name, parameters: [] })),
  });
  const options = (): ConnectionOptions => ({
    random: sampleRandom(),
    delivery,
    extensions: [
      turningExtension({ name: "x-first", every: extension === "every message" ? 1 : 2, hold: 5 }),
      turningExtension({ name: "x-second", rsv: 0x40, every: 3, hold: 1 }),
    ],
    limits: { fragments: Number.POSITIVE_INFINITY },
  });
  return [
    new Connection(agreement(role), { ...options(), fragmentSize }),
    new Connection(agreement(peerRole(role)), options()),
  ];
}

const roles: readonly Role[] = ["client", "server"];

describe.each(roles)("what a %s sends", (role) => {
  const commands = fc.array(
    fc.oneof({ weight: 3, arbitrary: arb.messageCommand(9000) }, { weight: 1, arbitrary: arb.controlCommand() }),
    {
      maxLength: 7,
    },
  );
  const ending = fc.option(arb.closeCommand(), { nil: undefined });

  it("arrives complete: messages in order within a priority, control frames in order, Close last [F21] [F22] [F24] [B07]", () => {
    fc.assert(
      fc.property(commands, ending, setting, travel(), (before, end, how, travel) => {
        const all = end === undefined ? before : [...before, end];
        const [sender, receiver] = pair(role, how);
        const events = carry(sender, receiver, all, travel);
        const shown = (event: ConnectionEvent): string[] =>
          how.delivery === "pieces" ? formatJoinedEvents([inFragments(event)]) : formatEvents([event]);
        const told = how.delivery === "pieces" ? formatJoinedEvents(events) : formatEvents(events);
        const told_ = (wanted: (command: Command) => boolean): string[] =>
          all.filter(wanted).flatMap((command) => shown(expectedEvent(command)));

        expect([...told].sort()).toEqual(told_(() => true).sort());
        expect(told.filter((line) => /^p[io]ng/.test(line))).toEqual(told_(isControl));
        for (const priority of new Set(all.map(priorityOf))) {
          const expected = told_((command) => !isControl(command) && priorityOf(command) === priority);
          expect(told.filter((line) => expected.includes(line))).toEqual(expect.arrayContaining(expected));
          if (new Set(told).size === told.length)
            expect(told.filter((line) => expected.includes(line))).toEqual(expected);
        }
        if (end !== undefined) expect(told.at(-1)).toBe(shown(expectedEvent(end))[0]);
      }),
      scaledRuns(150),
    );
  });

  it("arrives in order when everything has one priority and is sent before any output is taken [F22]", () => {
    fc.assert(
      fc.property(fc.array(arb.messageCommand(9000), { maxLength: 7 }), setting, travel(), (all, how, travel) => {
        const plain = all.map((command): Command => ({ ...command, priority: 0 }) as Command);
        const [sender, receiver] = pair(role, { ...how, delivery: "messages" });
        expect(formatEvents(carry(sender, receiver, plain, travel))).toEqual(formatEvents(plain.map(expectedEvent)));
      }),
      scaledRuns(80),
    );
  });

  it("arrives through endpoints that opened with a handshake, in both directions [H09] [C13]", () => {
    const both = fc.tuple(commands, commands);
    fc.assert(
      fc.property(both, setting, travel(), ([ofClient, ofServer], { fragmentSize, extension }, travel) => {
        const extensions = extension === "none" ? [] : [turningExtension({ every: 2, hold: 1 })];
        const options = { fragmentSize, extensions, limits: { fragments: Number.POSITIVE_INFINITY } };
        const client = Endpoint.client({ url: "ws://example.com/chat", random: sampleRandom(), ...options });
        const server = Endpoint.server(options);
        for (const chunk of cutIntoChunks(concatBytes(client.takeOutput()), travel.chunking)) {
          for (const event of server.receive(chunk)) if (event.type === "request") server.accept();
        }
        // The server's first frames come with its response.
        const fromServer = carry(server, client, ofServer, travel).filter(({ type }) => (type as string) !== "open");
        const fromClient = carry(client, server, ofClient, travel);
        expect(formatEvents(fromServer).sort()).toEqual(formatEvents(ofServer.map(expectedEvent)).sort());
        // The client's replies to the server's Pings arrive as well.
        const sent = formatEvents(ofClient.map(expectedEvent));
        const extra = formatEvents(fromClient);
        for (const line of sent) extra.splice(extra.indexOf(line), 1);
        expect(extra.filter((line) => !line.startsWith("pong"))).toEqual([]);
        expect(client.agreement?.extensions).toEqual(server.agreement?.extensions);
      }),
      scaledRuns(40),
    );
  });
});

describe("a long text", () => {
  it("arrives unchanged, wherever it has characters of two units [F17]", () => {
    // Text is encoded 64 Ki units at a time.
    const length = fc.tuple(fc.constantFrom(65_536, 131_072), fc.integer({ min: -4, max: 4 }));
    fc.assert(
      fc.property(length, fc.integer({ min: 1, max: 5 }), fc.boolean(), ([about, more], pairs, wide) => {
        const text = `${(wide ? "€" : "a").repeat(about + more)}${"𝄞".repeat(pairs)}end`;
        const sender = new Connection(plainAgreement("client"), { random: sampleRandom() });
        const receiver = new Connection(plainAgreement("server"));
        sender.sendText(text);
        const [event] = receiver.receive(concatBytes(sender.takeOutput()));
        expect(event?.type === "text" && event.data === text).toBe(true);
      }),
      scaledRuns(30),
    );
  });
});

describe("a lone surrogate", () => {
  it("arrives as U+FFFD at any position in a text, however the text is written [F21]", () => {
    const unit = fc.oneof(
      fc.constantFrom("\ud800", "\udbff", "\udc00", "\udfff", "a", "é"),
      fc.string({ unit: "binary", maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 60 }), fc.boolean(), (pieces, streamed) => {
        const sender = new Connection(plainAgreement("server"));
        const receiver = new Connection(plainAgreement("client"), { random: sampleRandom() });
        if (streamed) {
          const stream = sender.startMessage("text");
          for (const piece of pieces) stream.write(piece);
          stream.end();
        } else sender.sendText(pieces.join(""));
        const expected = new TextDecoder("utf-8", { ignoreBOM: true }).decode(utf8Bytes(pieces.join("")));
        expect(receiver.receive(concatBytes(sender.takeOutput()))).toEqual([{ type: "text", data: expected }]);
      }),
      scaledRuns(100),
    );
  });
});
