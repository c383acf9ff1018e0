/** The model of the closing handshake detects every mutant of a correct endpoint. */
import { Connection, type ConnectionEvent, plainAgreement, type Role } from "@hybi/core";
import { arb, type ClosingSubject, closingSetup, sampleRandom } from "@hybi/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const open = (role: Role): Connection => new Connection(plainAgreement(role), { random: sampleRandom() });

/** Returns fast-check's report on endpoints created by `open`: undefined if it finds no fault. */
function verdict(open: (role: Role) => ClosingSubject): string | undefined {
  const property = fc.property(arb.closingCommands(), (commands) => fc.modelRun(closingSetup(open), commands));
  const { counterexample, errorInstance } = fc.check(property, { seed: 5, numRuns: 400 });
  return counterexample === null ? undefined : `${counterexample}\n${errorInstance}`;
}

/** Returns a connection with the members of `change` replaced. */
function mutant(change: (connection: Connection) => Partial<ClosingSubject>): (role: Role) => ClosingSubject {
  return (role) => {
    const connection = open(role);
    const changed = change(connection);
    return {
      receive: (chunk) => connection.receive(chunk),
      receiveEnd: () => connection.receiveEnd(),
      takeOutput: () => connection.takeOutput(),
      sendText: (text) => connection.sendText(text),
      sendPing: (payload) => connection.sendPing(payload),
      sendClose: (statusCode, reason) => connection.sendClose(statusCode, reason),
      expire: (reason) => connection.expire(reason),
      get transportAction() {
        return changed.transportAction ?? connection.transportAction;
      },
      ...Object.fromEntries(Object.entries(changed).filter(([name]) => name !== "transport")),
    };
  };
}

describe("closingCommands", () => {
  it("find no fault in a correct endpoint, however it is wrapped", () => {
    expect(verdict(open)).toBeUndefined();
    expect(verdict(mutant(() => ({})))).toBeUndefined();
  });

  it("detect an endpoint that reports 1005 as 1000", () => {
    const altered = (event: ConnectionEvent): ConnectionEvent =>
      event.type === "end" && event.statusCode === 1005 ? { ...event, statusCode: 1000 } : event;
    const found = verdict(mutant((connection) => ({ receiveEnd: () => connection.receiveEnd().map(altered) })));
    expect(found).toContain("end true 1000");
    expect(found).toContain("the model says");
  });

  it("detect an endpoint that sends after its Close frame, because it accepts the command instead of throwing", () => {
    const found = verdict(
      mutant((connection) => ({
        sendText: (text) => {
          if (connection.state === "open") connection.sendText(text);
        },
      })),
    );
    expect(found).toMatch(/whether it was refused: false, where the model says true/);
    // An application that closes and then sends: two commands are enough.
    expect(
      found
        ?.split("\n")[0]
        ?.split(",")
        .filter((command) => command.includes(":")),
    ).toHaveLength(2);
  });

  it("detect an endpoint that does not reply to a Close frame", () => {
    const found = verdict(
      mutant((connection) => ({
        takeOutput: () => (connection.state === "close-received" ? [] : connection.takeOutput()),
      })),
    );
    expect(found).toContain("frames: []");
  });

  it("detect a client that ends the transport before the server does", () => {
    const found = verdict((role) => {
      const connection = open(role);
      const hasty = mutant(() => ({}))(role);
      if (role === "server") return hasty;
      return {
        receive: (chunk) => connection.receive(chunk),
        receiveEnd: () => connection.receiveEnd(),
        takeOutput: () => connection.takeOutput(),
        sendText: (text) => connection.sendText(text),
        sendPing: (payload) => connection.sendPing(payload),
        sendClose: (statusCode, reason) => connection.sendClose(statusCode, reason),
        expire: (reason) => connection.expire(reason),
        get transportAction() {
          return connection.transportAction === "await-end" ? "end" : connection.transportAction;
        },
      };
    });
    expect(found).toContain("the client's transport");
  });
});
