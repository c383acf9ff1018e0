/** The closing handshake, compared with the model of RFC 6455 §7 in `@hybi/testing`, in any order and to its end. */
import { Connection, type ConnectionEvent, plainAgreement, type Role, UsageError } from "@hybi/core";
import { arb, closingSetup, concatBytes, sampleRandom, scaledRuns } from "@hybi/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const open = (role: Role): Connection => new Connection(plainAgreement(role), { random: sampleRandom() });

describe("two connections that close", () => {
  it("follow RFC 6455 §7 in whatever order things happen [X06] [X07] [X08] [X09] [X13] [X14] [X15] [X16] [X20]", () => {
    const why = { "after-close": "send/after-close", ended: "endpoint/ended" } as const;
    const commands = arb.closingCommands({
      failureReason: "frame/opcode-reserved",
      isRefusal: (error, reason) => error instanceof UsageError && error.code === why[reason],
    });
    fc.assert(
      fc.property(commands, (commands) => fc.modelRun(closingSetup(open), commands)),
      scaledRuns(300),
    );
  });

  it("always reach a clean end once both applications have closed and everything is delivered [X12] [X14]", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom<Role>("client", "server"), { minLength: 1, maxLength: 4 }),
        arb.closeContent(),
        (asking, content) => {
          const pair = { client: open("client"), server: open("server") };
          const { client, server } = pair;
          for (const role of asking) pair[role].sendClose(content.statusCode, content.reason);
          const told: ConnectionEvent[] = [];
          for (let round = 0; round < 3; round++) {
            told.push(
              ...server.receive(concatBytes(client.takeOutput())),
              ...client.receive(concatBytes(server.takeOutput())),
            );
          }
          expect([server.transportAction, client.transportAction]).toEqual(["end", "await-end"]);
          expect(told.map(({ type }) => type)).toEqual(["close", "close"]);
          const [end] = client.receiveEnd();
          expect(end).toMatchObject({ type: "end", clean: true, statusCode: content.statusCode ?? 1005 });
          expect(server.receiveEnd()).toMatchObject([{ type: "end", clean: true }]);
        },
      ),
      scaledRuns(60),
    );
  });
});
