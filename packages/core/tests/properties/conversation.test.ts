/** Everything combined: two endpoints with deadlines, slow and narrow links, and applications that send at random. */
import { Endpoint, type EndpointEvent, type Role } from "@hybi/core";
import {
  arb,
  type Command,
  concatBytes,
  formatEvents,
  type Party,
  peerRole,
  performCommand,
  Simulation,
  sampleRandom,
  scaledRuns,
  turningExtension,
  withTranscript,
} from "@hybi/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const deadlines = { ping: 25_000, pong: 20_000, closing: 10_000 };

/** The messages among the events, sorted for comparison. */
function messagesOf(events: readonly EndpointEvent[]): string[] {
  return formatEvents(events.filter(({ type }) => type === "text" || type === "binary")).sort();
}

function messageEvent(command: Command): EndpointEvent[] {
  if (command.type === "message") {
    const { message } = command;
    return [message.kind === "text" ? { type: "text", data: message.data } : { type: "binary", data: message.data }];
  }
  if (command.type !== "stream") return [];
  return command.kind === "text"
    ? [{ type: "text", data: command.pieces.join("") }]
    : [{ type: "binary", data: concatBytes(command.pieces.map((piece) => piece as Uint8Array)) }];
}

describe("two endpoints", () => {
  const setting = fc.record({
    links: fc.tuple(arb.link(), arb.link()),
    fragmentSize: fc.constantFrom(65_536, 1000, 3),
    extension: fc.boolean(),
    closes: fc.constantFrom<Role>("client", "server"),
    content: arb.closeContent(),
  });

  it("exchange all messages over any link, stay alive, and close cleanly [F22] [F23] [X14] [X20] [X23]", () => {
    fc.assert(
      fc.property(arb.turns(), setting, (script, { links, fragmentSize, extension, closes, content }) => {
        const options = {
          fragmentSize,
          extensions: extension ? [turningExtension({ every: 2, hold: 2 })] : [],
          limits: { fragments: Number.POSITIVE_INFINITY },
        };
        const story = new Simulation({
          first: {
            subject: Endpoint.client({ url: "ws://example.com/", random: sampleRandom(), ...options }),
            link: links[0],
            deadlines,
          },
          second: {
            subject: Endpoint.server(options),
            react: (event, endpoint: Endpoint) => (event.type === "request" ? endpoint.accept() : undefined),
            link: links[1],
            deadlines,
          },
        });
        const parties: Record<Role, Party<Endpoint>> = { client: story.first, server: story.second };
        withTranscript(story, () => {
          story.run(9_999);
          // A response sent a frame at a time through the narrowest window may miss the deadline.
          fc.pre(story.first.subject.state === "open" && story.second.subject.state === "open");
          for (const { by, after, command } of script) {
            story.run(after);
            parties[by].do((endpoint) => expect(performCommand(endpoint, command)).toBeUndefined());
          }
          // Let everything leave, however long it takes, before one endpoint closes.
          for (let turn = 0; turn < 1000; turn++) {
            if (story.first.subject.outputLength + story.second.subject.outputLength === 0) break;
            story.run(10_000);
          }
          parties[closes].do((endpoint) => endpoint.sendClose(content.statusCode, content.reason));
          story.run(9_000);

          for (const role of ["client", "server"] as const) {
            const sent = script
              .filter(({ by }) => by === peerRole(role))
              .flatMap(({ command }) => messageEvent(command));
            expect(messagesOf(parties[role].events)).toEqual(messagesOf(sent));
            expect(parties[role].ofType("failure")).toEqual([]);
            const end = { type: "end", clean: true, statusCode: content.statusCode ?? 1005 };
            expect(parties[role].events.at(-1)).toMatchObject(end);
          }
          expect(story.clock.isIdle).toBe(true);
        });
      }),
      scaledRuns(60),
    );
  });
});
