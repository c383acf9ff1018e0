/** The model of the closing handshake finds what it is there to find: each mutant of a good endpoint is told from it. */
import { Connection, type ConnectionEvent, plainAgreement, type Role } from "@hybi/core";
import { arb, type ClosingSubject, closingSetup, sampleRandom } from "@hybi/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const open = (role: Role): Connection => new Connection(plainAgreement(role), { random: sampleRandom() });

/** What fast-check says of endpoints that `open` makes: undefined when it finds nothing. */
function verdict(open: (role: Role) => ClosingSubject): string | undefined {
  const property = fc.property(arb.closingCommands(), (commands) => fc.modelRun(closingSetup(open), commands));
  const { counterexample, errorInstance } = fc.check(property, { seed: 5, numRuns: 400 });
  return counterexample === null ? undefined : `${counterexample}\n${errorInstance}`;
}

/** A connection in which `change` is other than it should be. */
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
      get transport() {
        return changed.transport ?? connection.transport;
      },
      ...Object.fromEntries(Object.entries(changed).filter(([name]) => name !== "transport")),
    };
  };
}

describe("closingCommands", () => {
  it("find nothing in a good endpoint, however it is wrapped", () => {
    expect(verdict(open)).toBeUndefined();
    expect(verdict(mutant(() => ({})))).toBeUndefined();
  });

  it("find an endpoint that tells 1005 as 1000", () => {
    const told = (event: ConnectionEvent): ConnectionEvent =>
      event.type === "end" && event.statusCode === 1005 ? { ...event, statusCode: 1000 } : event;
    const found = verdict(mutant((connection) => ({ receiveEnd: () => connection.receiveEnd().map(told) })));
    expect(found).toContain("end true 1000");
    expect(found).toContain("the model says");
  });

  it("find an endpoint that sends after its Close frame, by what it takes and does not refuse", () => {
    const found = verdict(
      mutant((connection) => ({
        sendText: (text) => {
          if (connection.state === "open") connection.sendText(text);
        },
      })),
    );
    expect(found).toMatch(/whether it was refused: false, where the model says true/);
    // An application that closes and then sends: two commands are all it takes.
    expect(
      found
        ?.split("\n")[0]
        ?.split(",")
        .filter((command) => command.includes(":")),
    ).toHaveLength(2);
  });

  it("find an endpoint that does not answer a Close frame", () => {
    const found = verdict(
      mutant((connection) => ({
        takeOutput: () => (connection.state === "close-received" ? [] : connection.takeOutput()),
      })),
    );
    expect(found).toContain("frames: []");
  });

  it("find a client that ends the transport before the server does", () => {
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
        get transport() {
          return connection.transport === "await-end" ? "end" : connection.transport;
        },
      };
    });
    expect(found).toContain("the client's transport");
  });
});
