/** Whatever a peer sends, and whenever: nothing throws, a fault ends the connection once, and held memory stays bounded. */
import {
  Connection,
  type DeadlineReason,
  Endpoint,
  type EndpointEvent,
  plainAgreement,
  type Role,
  UsageError,
} from "@hybi/core";
import { encodeFrame } from "@hybi/core/frame";
import {
  arb,
  type Command,
  concatBytes,
  formatEvents,
  latin1Bytes,
  peerRole,
  performCommand,
  sampleRandom,
  scaledRuns,
  turningExtension,
} from "@hybi/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** One step of a random scenario. */
type Step =
  | { readonly type: "receive"; readonly bytes: Uint8Array }
  | { readonly type: "end" }
  | { readonly type: "expire"; readonly reason: DeadlineReason }
  | { readonly type: "take"; readonly budget: number }
  | { readonly type: "command"; readonly command: Command }
  | { readonly type: "answer"; readonly accept: boolean };

function step(peer: Role): fc.Arbitrary<Step> {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.array(arb.anyFrame(), { maxLength: 3 }).map((frames) => concatBytes(frames.map(encodeFrame))),
    arb.legalStream(peer, { most: 300 }).map((stream) => stream.bytes),
    arb.illegalStream(peer).map((stream) => stream.bytes),
    (peer === "client" ? arb.requestHead() : arb.responseHead()).map(latin1Bytes),
  );
  const reasons: readonly DeadlineReason[] = ["opening", "closing", "ping", "pong", "idle", "control-flood"];
  return fc.oneof(
    { weight: 8, arbitrary: fc.record({ type: fc.constant("receive" as const), bytes }) },
    { weight: 1, arbitrary: fc.constant({ type: "end" as const }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant("expire" as const), reason: fc.constantFrom(...reasons) }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant("take" as const), budget: fc.nat(50) }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant("command" as const), command: arb.command(300) }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant("answer" as const), accept: fc.boolean() }) },
  );
}

/** Performs the step and returns the events. Usage errors are the application's fault; any other error is ours. */
function follow(subject: Connection | Endpoint, step: Step, output: Uint8Array[] = []): readonly EndpointEvent[] {
  switch (step.type) {
    case "receive":
      return subject.receive(step.bytes.slice());
    case "end":
      return subject.receiveEnd();
    case "expire":
      return subject.expire(step.reason);
    case "take":
      output.push(...subject.takeOutput(step.budget));
      return [];
    case "command":
      performCommand(subject, step.command);
      return [];
    case "answer":
      try {
        if (!("accept" in subject)) return [];
        if (step.accept) return subject.accept();
        subject.reject({ status: 403 });
        return [];
      } catch (error) {
        if (error instanceof UsageError) return [];
        throw error;
      }
    default:
      return step satisfies never;
  }
}

/** RFC 6455 §7.1.7: after a failure no input has any effect; after the end nothing happens at all. */
function expectOrder(events: readonly EndpointEvent[]): void {
  const types = events.map(({ type }) => type);
  const last = types.findIndex((type) => type === "failure" || type === "rejection" || type === "end");
  const after = last < 0 ? [] : types.slice(last + 1);
  expect({ after, events: formatEvents(events) }).toEqual({
    after: after.length === 0 || types[last] === "end" ? [] : ["end"],
    events: expect.anything(),
  });
  // After the peer's Close frame, only the end of the transport or our own deadline can follow.
  const close = types.indexOf("close");
  if (close >= 0) expect(types.slice(close + 1).filter((type) => type !== "end")).toEqual([]);
}

const roles: readonly Role[] = ["client", "server"];

describe.each(roles)("a %s", (role) => {
  it("as a connection throws nothing, fails at most once, and is silent after the end", () => {
    fc.assert(
      fc.property(fc.array(step(peerRole(role)), { maxLength: 12 }), fc.boolean(), (steps, parts) => {
        const connection = new Connection(plainAgreement(role), {
          random: sampleRandom(),
          delivery: parts ? "pieces" : "messages",
          limits: { message: 400, fragments: 5 },
        });
        expectOrder(steps.flatMap((step) => follow(connection, step)));
      }),
      scaledRuns(200),
    );
  });

  it("as a connection with an extension throws nothing, and fails at most once", () => {
    const agreement = { ...plainAgreement(role), extensions: [{ name: "x-turning", parameters: [] }] };
    fc.assert(
      fc.property(fc.array(step(peerRole(role)), { maxLength: 12 }), (steps) => {
        const connection = new Connection(agreement, {
          random: sampleRandom(),
          extensions: [turningExtension({ every: 2, hold: 2 })],
          limits: { message: 400 },
        });
        expectOrder(steps.flatMap((step) => follow(connection, step)));
      }),
      scaledRuns(100),
    );
  });

  it("as an endpoint throws nothing, fails at most once, and is silent after the end", () => {
    fc.assert(
      fc.property(fc.array(step(peerRole(role)), { maxLength: 12 }), (steps) => {
        const endpoint =
          role === "server"
            ? Endpoint.server({ limits: { earlyData: 600 } })
            : Endpoint.client({ url: "ws://example.com/", random: sampleRandom() });
        expectOrder(steps.flatMap((step) => follow(endpoint, step)));
      }),
      scaledRuns(200),
    );
  });

  it("sends nothing that its peer could fail it for, whatever it receives and its application does", () => {
    fc.assert(
      fc.property(fc.array(step(peerRole(role)), { maxLength: 12 }), (steps) => {
        const connection = new Connection(plainAgreement(role), { random: sampleRandom() });
        const output: Uint8Array[] = [];
        for (const step of steps) follow(connection, step, output);
        output.push(...connection.takeOutput());
        const peer = new Connection(plainAgreement(peerRole(role)), { random: sampleRandom() });
        expect(formatEvents(peer.receive(concatBytes(output))).filter((line) => line.startsWith("failure"))).toEqual(
          [],
        );
      }),
      scaledRuns(150),
    );
  });

  it("sends at most 16 Pongs and one Close, whatever it receives [X21]", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(arb.legalStream(peerRole(role)), arb.illegalStream(peerRole(role))), { maxLength: 6 }),
        (all) => {
          const connection = new Connection(plainAgreement(role), { random: sampleRandom() });
          for (const { bytes } of all) {
            connection.receive(bytes.slice());
            // Frames of 125 bytes, including headers and keys.
            expect(connection.outputLength).toBeLessThanOrEqual(17 * 131);
          }
          expect(concatBytes(connection.takeOutput()).length).toBeLessThanOrEqual(17 * 131);
        },
      ),
      scaledRuns(80),
    );
  });

  it("counts every byte to send: outputLength is 0 exactly when there is nothing to take", () => {
    fc.assert(
      fc.property(fc.array(step(peerRole(role)), { maxLength: 8 }), (steps) => {
        const connection = new Connection(plainAgreement(role), { random: sampleRandom() });
        for (const step of steps) follow(connection, step);
        const announced = connection.outputLength;
        const taken = concatBytes(connection.takeOutput()).length;
        expect({ announced: announced > 0, taken: taken > 0 }).toEqual({ announced: taken > 0, taken: taken > 0 });
        expect(connection.outputLength).toBe(0);
      }),
      scaledRuns(100),
    );
  });
});

describe("a server that has not answered a request yet", () => {
  it("keeps no more than limits.earlyData bytes of what arrives meanwhile [H22] [H27]", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 12 }), (chunks) => {
        const server = Endpoint.server({ limits: { earlyData: 100 } });
        const [request] = server.receive(latin1Bytes(requestBytes));
        expect(request?.type).toBe("request");
        let total = 0;
        for (const chunk of chunks) {
          const failed = server.state === "failed";
          const events = server.receive(chunk);
          total += chunk.length;
          expect(events.map(({ type }) => type)).toEqual(!failed && total > 100 ? ["failure"] : []);
        }
      }),
      scaledRuns(60),
    );
  });
});

const requestBytes = [
  "GET / HTTP/1.1",
  "Host: example.com",
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Version: 13",
  "\r\n",
].join("\r\n");
