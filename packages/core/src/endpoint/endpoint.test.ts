import { concatBytes, hexBytes, latin1Text } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { countingSource, usageErrorOf } from "../../tests/support/connections.ts";
import type { ClientEndpointOptions } from "../config/client-config.ts";
import type { ServerEndpointOptions } from "../config/server-config.ts";
import type { EndpointEvent } from "../events.ts";
import { prepareText } from "../sending/prepared-message.ts";
import { plainAgreement } from "../vocabulary/agreement.ts";
import { createClientEndpoint } from "./client-endpoint.ts";
import { Endpoint } from "./endpoint.ts";
import { createOpenEndpoint } from "./endpoint-core.ts";
import { createServerEndpoint } from "./server-endpoint.ts";

function client(options: Partial<ClientEndpointOptions> = {}): Endpoint {
  return Endpoint.client({ url: "ws://example.com/chat", random: countingSource(), ...options });
}

/** Delivers all output to the other endpoint, and returns the events there. */
function carry(from: Endpoint, to: Endpoint, budget?: number): EndpointEvent[] {
  return from.takeOutput(budget).flatMap((bytes) => to.receive(bytes.slice()));
}

/** Two endpoints with an open connection. */
function opened(options: { client?: Partial<ClientEndpointOptions>; server?: ServerEndpointOptions } = {}) {
  const ends = { client: client(options.client), server: Endpoint.server(options.server) };
  carry(ends.client, ends.server);
  ends.server.accept();
  carry(ends.server, ends.client);
  return ends;
}

const types = (events: readonly EndpointEvent[]): string[] => events.map(({ type }) => type);

/** Every command of an application. */
const commands: readonly ((endpoint: Endpoint) => void)[] = [
  (endpoint) => endpoint.sendText("a"),
  (endpoint) => endpoint.sendBinary(Uint8Array.of(1)),
  (endpoint) => endpoint.sendPrepared({ kind: "text", payload: new Uint8Array(0), frame: Uint8Array.of(0x81, 0) }),
  (endpoint) => endpoint.startMessage("text"),
  (endpoint) => endpoint.sendPing(),
  (endpoint) => endpoint.sendPong(),
  (endpoint) => endpoint.sendClose(),
];

describe("the role of an endpoint", () => {
  it("is known before the connection is open, and after", () => {
    const endpoint = Endpoint.server();
    expect([endpoint.role, endpoint.state]).toEqual(["server", "opening"]);
    expect(Endpoint.fromAgreement(plainAgreement("server")).role).toBe("server");
  });
});

describe("Endpoint", () => {
  it("is the functions of both roles under one name, so that they cannot differ", () => {
    expect(Endpoint).toEqual({
      client: createClientEndpoint,
      server: createServerEndpoint,
      fromAgreement: createOpenEndpoint,
    });
  });

  it("has nothing queued before its connection is open, and then what the connection has queued", () => {
    expect(client().queuedLength).toBe(0);
    const { server } = opened();
    server.sendBinary(new Uint8Array(10_000));
    expect(server.queuedLength).toBeGreaterThanOrEqual(10_000);
  });

  it("runs the opening handshake, and then the connection, behind one receive", () => {
    const ends = { client: client(), server: Endpoint.server() };
    expect([ends.client.state, ends.client.connection, ends.client.agreement]).toEqual([
      "opening",
      undefined,
      undefined,
    ]);
    expect(types(carry(ends.client, ends.server))).toEqual(["request"]);
    expect(types(ends.server.accept())).toEqual(["open"]);
    expect(types(carry(ends.server, ends.client))).toEqual(["open"]);
    expect([ends.client.state, ends.server.state, ends.client.agreement?.role]).toEqual(["open", "open", "client"]);
    for (const send of commands) send(ends.client);
    expect(types(carry(ends.client, ends.server))).toEqual(["ping", "pong", "text", "binary", "text", "close"]);
    expect(types(carry(ends.server, ends.client))).toEqual(["close"]);
    expect([ends.server.transportAction, ends.client.transportAction]).toEqual(["end", "await-end"]);
    expect(ends.client.receiveEnd()).toEqual([{ type: "end", clean: true, statusCode: 1005, reason: "" }]);
    expect(ends.client.receiveEnd()).toEqual([]);
  });

  it("throws for every command until the connection is open, and after the opening handshake failed [C12]", () => {
    for (const command of commands) expect(usageErrorOf(() => command(client()))).toBe("endpoint/not-open");
    const failed = Endpoint.server();
    failed.receive(Uint8Array.of(0));
    for (const command of commands) expect(usageErrorOf(() => command(failed))).toBe("endpoint/ended");
  });

  it("throws for an answer when no request awaits one", () => {
    expect(usageErrorOf(() => client().accept())).toBe("endpoint/not-awaiting-answer");
    expect(usageErrorOf(() => client().reject({ status: 403 }))).toBe("endpoint/not-awaiting-answer");
    expect(usageErrorOf(() => Endpoint.server().accept())).toBe("endpoint/not-awaiting-answer");
    expect(usageErrorOf(() => opened().server.accept())).toBe("endpoint/not-awaiting-answer");
    expect(usageErrorOf(() => client().receiveHead({ method: "GET", target: "/", minorVersion: 1, fields: [] }))).toBe(
      "opening/complete",
    );
  });

  it("throws for options out of range before any output exists", () => {
    expect(usageErrorOf(() => client({ fragmentSize: 0 }))).toBe("option/range");
    expect(usageErrorOf(() => Endpoint.server({ limits: { message: -1 } }))).toBe("option/range");
  });

  it("delivers frames that came with the response, after the open event [C13]", () => {
    const ends = { client: client(), server: Endpoint.server() };
    carry(ends.client, ends.server);
    ends.server.accept();
    ends.server.sendText("early");
    ends.server.sendClose(4000);
    const response = ends.server.takeOutput();
    const whole = Uint8Array.from(response.flatMap((bytes) => [...bytes]));
    expect(types(ends.client.receive(whole))).toEqual(["open", "text", "close"]);
  });

  it("never throws, however many frames came with the response [C13]", () => {
    const ends = { client: client(), server: Endpoint.server() };
    carry(ends.client, ends.server);
    ends.server.accept();
    // More messages than a call can have arguments.
    const messages = new Uint8Array(2 * 200_000);
    for (let at = 0; at < messages.length; at += 2) messages[at] = 0x81;
    const events = ends.client.receive(concatBytes([...ends.server.takeOutput(), messages]));
    expect(events.length).toBe(200_001);
  });

  it("outputs the rest of the handshake before the connection's output, within the budget", () => {
    const server = Endpoint.server();
    carry(client(), server);
    server.accept();
    server.sendText("hello");
    const waiting = server.outputLength;
    expect(server.takeOutput(10).map(({ length }) => length)).toEqual([10]);
    expect(server.outputLength).toBe(waiting - 10);
    const rest = waiting - 10 - 7;
    expect(server.takeOutput(rest).map(({ length }) => length)).toEqual([rest]);
    expect(server.takeOutput().map(({ length }) => length)).toEqual([7]);
    server.sendText("again");
    expect(server.takeOutput()).toHaveLength(1);
    expect(Endpoint.server().takeOutput()).toEqual([]);
  });

  it("lets a prepared message be taken alone once the handshake has left", () => {
    const server = Endpoint.server();
    const message = prepareText("all");
    expect(server.takePrepared(100)).toBeUndefined();
    carry(client(), server);
    server.accept();
    server.sendPrepared(message);
    expect(server.takePrepared(100)).toBeUndefined();
    expect(server.takeOutput().at(-1)).toBe(message.frame);
    server.sendPrepared(message);
    expect([server.takePrepared(message.frame.length - 1), server.takePrepared(100)]).toEqual([
      undefined,
      message.frame,
    ]);
    expect([server.outputLength, server.takePrepared(100), server.takeOutput()]).toEqual([0, undefined, []]);
    server.sendPrepared(message);
    server.sendPing();
    expect(server.takePrepared(100)).toBeUndefined();
    expect(server.takeOutput()).toHaveLength(2);
  });

  it("counts offsets from the first byte of the transport", () => {
    const server = Endpoint.server();
    const link = client();
    const request = link.takeOutput().reduce((sum, { length }) => sum + length, 0);
    carry(client(), server);
    server.accept();
    expect(server.receive(Uint8Array.of(0x83))).toMatchObject([{ type: "failure", violation: { offset: request } }]);
  });

  it("rejects, ends the transport, and ignores what comes after [H25]", () => {
    const ends = { client: client(), server: Endpoint.server() };
    carry(ends.client, ends.server);
    ends.server.reject({ status: 401, body: "who are you?" });
    expect([ends.server.state, ends.server.transportAction]).toEqual(["failed", "end"]);
    expect(types(carry(ends.server, ends.client))).toEqual(["rejection"]);
    expect([ends.client.state, ends.client.transportAction]).toEqual(["failed", "end"]);
    expect(ends.client.receive(Uint8Array.of(1))).toEqual([]);
    ends.server.reject({ status: 403 });
    expect(ends.server.accept()).toEqual([]);
    expect(types(ends.server.receiveEnd())).toEqual(["end"]);
    expect(ends.server.receiveEnd()).toEqual([]);
  });

  it("accepts a head parsed elsewhere, and reports what is wrong with it", () => {
    const events = Endpoint.server().receiveHead({ method: "POST", target: "/", minorVersion: 1, fields: [] });
    expect(events).toMatchObject([{ type: "failure", violation: { httpStatus: 405 } }]);
  });

  it("returns no events from accept after the client has gone away [H27]", () => {
    const server = Endpoint.server();
    carry(client(), server);
    expect(types(server.receiveEnd())).toEqual(["failure", "end"]);
    expect(server.accept()).toEqual([]);
    const head = { method: "GET", target: "/", minorVersion: 1, fields: [] };
    expect(server.receiveHead(head)).toEqual([]);
  });

  it("reports whether a request awaits its answer", () => {
    const { server } = opened();
    expect([server.awaitsAnswer, Endpoint.server().awaitsAnswer, client().awaitsAnswer]).toEqual([false, false, false]);
    const asked = Endpoint.server();
    const asking = client();
    for (const chunk of asking.takeOutput()) asked.receive(chunk);
    expect(asked.awaitsAnswer).toBe(true);
    asked.reject({ status: 403 });
    expect(asked.awaitsAnswer).toBe(false);
  });

  it("fails an opening handshake that takes too long, and aborts a transport that does not end", () => {
    const server = Endpoint.server();
    expect([server.outputLength, server.transportAction, server.expire("ping")]).toEqual([0, "keep", []]);
    expect(server.expire("opening")).toMatchObject([{ type: "failure", violation: { httpStatus: 408 } }]);
    expect(server.expire("opening")).toEqual([]);
    expect(server.transportAction).toBe("end");
    const stalled = Endpoint.server();
    stalled.expire("stalled");
    expect(stalled.transportAction).toBe("abort");
    server.expire("closing");
    expect(server.transportAction).toBe("abort");
  });

  it("forwards deadlines, counters and written chunks to the connection", () => {
    const early = Endpoint.server();
    early.releaseOutput([]);
    expect([early.awaitsPong, early.pingsAnswered, early.statistics.bytesReceived]).toEqual([false, 0, 0]);
    expect(early.limits.head).toBe(16_384);
    const { server } = opened();
    server.expire("ping");
    server.releaseOutput(server.takeOutput());
    expect([server.awaitsPong, server.pingsAnswered, server.statistics.pingsTaken]).toEqual([true, 0, 1]);
    expect(server.limits.head).toBe(16_384);
  });

  it("keeps bytes that came with the handshake for the caller on request, on both sides [A09]", () => {
    const server = Endpoint.server();
    const asking = client();
    const head = concatBytes(asking.takeOutput().map((bytes) => bytes.slice()));
    const early = Uint8Array.of(0x81, 0x81, 0, 0, 0, 0, 0x68);
    expect(types(server.receive(concatBytes([head, early]), "leave"))).toEqual(["request"]);
    const accepted = server.accept({}, "leave");
    expect(accepted).toEqual([{ type: "open", agreement: server.agreement, rest: new Uint8Array(0) }]);
    expect(server.heldLength).toBeGreaterThanOrEqual(early.length);
    expect(server.restLength).toBeGreaterThan(0);
    expect(server.connection?.receive(server.takeRest())).toEqual([{ type: "text", data: "h" }]);
    expect(server.restLength).toBe(0);
    expect(server.takeRest()).toEqual(new Uint8Array(0));
    server.sendText("hi");
    const answer = concatBytes(server.takeOutput().map((bytes) => bytes.slice()));
    expect(types(asking.receive(answer, "leave"))).toEqual(["open"]);
    expect(asking.statistics.bytesReceived).toBe(0);
    expect(asking.receive(Uint8Array.of(0x81, 0), "leave")).toEqual([
      { type: "text", data: "hi" },
      { type: "text", data: "" },
    ]);
    expect(asking.restLength).toBe(0);
    expect(asking.takeRest()).toEqual(new Uint8Array(0));
  });

  it("gives out no array that others get as well, because its buffer may be transferred", () => {
    const empty = [0, 1].flatMap(() => {
      const server = Endpoint.server();
      server.receive(
        concatBytes(
          client()
            .takeOutput()
            .map((bytes) => bytes.slice()),
        ),
      );
      const [opened] = server.accept();
      return [opened?.type === "open" ? opened.rest : undefined, server.takeRest(), server.takeRest()];
    });
    expect(empty.map((bytes) => bytes?.length)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(new Set(empty.map((bytes) => bytes?.buffer)).size).toBe(6);
  });

  it("has no bytes behind an opening handshake that is under way, or has failed", () => {
    const server = Endpoint.server();
    expect(server.restLength).toBe(0);
    expect(server.takeRest()).toHaveLength(0);
    server.expire("opening");
    expect(server.takeRest()).toHaveLength(0);
  });
});

describe("text as bytes", () => {
  it("is sent by the connection, once it is open", () => {
    const bytes = new TextEncoder().encode("é");
    expect(usageErrorOf(() => client().sendUtf8(bytes))).toBe("endpoint/not-open");
    const ends = opened();
    expect(ends.server.sendUtf8(bytes)).toBe(2);
    expect(carry(ends.server, ends.client)).toMatchObject([{ type: "text", data: "é" }]);
  });
});

describe("marks", () => {
  it("are those of the connection, and there are none before it is open", () => {
    expect(usageErrorOf(() => client().mark({}))).toBe("endpoint/not-open");
    expect(client().takeMarks()).toEqual([]);
    const { server } = opened();
    const mark = {};
    server.sendText("a");
    server.mark(mark);
    expect(server.takeMarks()).toEqual([]);
    server.releaseOutput(server.takeOutput());
    expect(server.takeMarks()).toEqual([mark]);
  });
});

describe("a request that is not valid", () => {
  it("may be answered in the application's own words, when its failure is emitted", () => {
    const server = Endpoint.server();
    server.receiveHead({ method: "POST", target: "/", minorVersion: 1, fields: [["Host", "a"]] });
    expect(server.rejectInvalid({ status: 404, body: "no such place" })).toBe(true);
    expect(latin1Text(server.takeOutput())).toMatch(/^HTTP\/1\.1 404 Not Found\r\n(.*\r\n)*no such place$/);
    expect(server.transportAction).toBe("end");
  });

  it("is nothing that a client has, or a connection", () => {
    const ends = opened();
    for (const end of [client(), ends.client, ends.server]) expect(end.rejectInvalid({ status: 404 })).toBe(false);
  });
});

describe("Endpoint.fromAgreement", () => {
  const rest = (): Uint8Array => Uint8Array.of(0x81, 0x81, 0, 0, 0, 0, 0x68);

  it("starts open, with the same commands and output as after an opening handshake", () => {
    const server = Endpoint.fromAgreement(plainAgreement("server"), { limits: { message: 9 } });
    expect([server.role, server.state, server.awaitsAnswer, server.limits.message]).toEqual([
      "server",
      "open",
      false,
      9,
    ]);
    expect(server.agreement).toEqual(plainAgreement("server"));
    expect([server.outputLength, server.takeOutput(), server.takeRest().length]).toEqual([0, [], 0]);
    server.sendText("hi");
    expect(concatBytes(server.takeOutput())).toEqual(Uint8Array.of(0x81, 2, 0x68, 0x69));
    const client = Endpoint.fromAgreement(plainAgreement("client"), { random: countingSource() });
    expect([client.role, client.state]).toEqual(["client", "open"]);
    const head = { method: "GET", target: "/", minorVersion: 1, fields: [] };
    expect(usageErrorOf(() => server.receiveHead(head))).toBe("opening/complete");
    expect(usageErrorOf(() => server.accept())).toBe("endpoint/not-awaiting-answer");
  });

  it("delivers `rest` first, whichever input comes first [R36]", () => {
    const inputs: ((server: Endpoint) => readonly EndpointEvent[])[] = [
      (server) => server.receive(Uint8Array.of(0x81, 0x80, 0, 0, 0, 0)),
      (server) => server.receiveEnd(),
      (server) => server.expire("pong"),
    ];
    const told = inputs.map((input) => {
      const server = Endpoint.fromAgreement(plainAgreement("server"), {}, rest());
      expect(server.takeOutput()).toEqual([]);
      expect(server.heldLength).toBeGreaterThanOrEqual(rest().length);
      const events = input(server);
      expect(events[0]).toEqual({ type: "text", data: "h" });
      expect([server.takeRest().length, server.statistics.messagesReceived > 0]).toEqual([0, true]);
      return types(events);
    });
    expect(told).toEqual([
      ["text", "text"],
      ["text", "end"],
      ["text", "failure"],
    ]);
  });

  it("receives `rest` only together with a chunk that it can receive", () => {
    const endpoint = Endpoint.fromAgreement(plainAgreement("client"), { random: countingSource() }, hexBytes("8100"));
    expect(usageErrorOf(() => endpoint.receive("text" as never))).toBe("endpoint/chunk-type");
    expect(endpoint.receive(hexBytes("8200")).map(({ type }) => type)).toEqual(["text", "binary"]);
  });

  it("gives `rest` to the caller instead, who passes it on with a work budget [A09]", () => {
    const server = Endpoint.fromAgreement(plainAgreement("server"), {}, rest());
    expect(server.takeRest()).toEqual(rest());
    expect(server.receive(Uint8Array.of(0x81, 0x80, 0, 0, 0, 0))).toEqual([{ type: "text", data: "" }]);
  });

  it("throws for a client without randomness, for unknown extensions, and for what is not bytes", () => {
    expect(usageErrorOf(() => Endpoint.fromAgreement(plainAgreement("client")))).toBe("option/random-missing");
    const agreement = { ...plainAgreement("server"), extensions: [{ name: "x", parameters: [] }] };
    expect(usageErrorOf(() => Endpoint.fromAgreement(agreement))).toBe("extension/unknown");
    const create = () => Endpoint.fromAgreement(plainAgreement("server"), {}, "hi" as never);
    expect(usageErrorOf(create)).toBe("endpoint/chunk-type");
  });
});

describe("marks, and output that waits for its sender", () => {
  it("exist once the connection is open", () => {
    const endpoint = client();
    expect([endpoint.takeMarks(), endpoint.awaitsSender]).toEqual([[], false]);
    expect(usageErrorOf(() => endpoint.mark({}))).toBe("endpoint/not-open");
    const { server } = opened();
    const [first, second] = [{ id: 1 }, { id: 2 }];
    server.sendText("a", { priority: 1 });
    server.mark(first, 1);
    const stream = server.startMessage("binary");
    server.mark(second);
    server.sendText("behind");
    server.releaseOutput(server.takeOutput());
    expect([server.takeMarks(), server.awaitsSender]).toEqual([[first], true]);
    stream.end();
    server.releaseOutput(server.takeOutput());
    expect([server.takeMarks(), server.takeMarks(), server.awaitsSender]).toEqual([[second], [], true]);
  });
});
