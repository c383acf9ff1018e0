import {
  closePayload,
  concatBytes,
  frameFrom,
  outlineFrames,
  patternBytes,
  roles,
  sameBytes,
  utf8Bytes,
} from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import {
  clientWith,
  countingSource,
  deliver,
  open,
  sent,
  sentClose,
  serverWith,
  usageErrorOf,
} from "../tests/support/connections.ts";
import { adding, agreeing, rsv1, rsv2 } from "../tests/support/extensions.ts";
import { ServerConfig } from "./config/server-config.ts";
import { Connection } from "./connection.ts";
import { EventCollector } from "./connection-sink.ts";
import { mask } from "./frame/mask.ts";
import { prepareText } from "./sending/prepared-message.ts";
import { plainAgreement } from "./vocabulary/agreement.ts";

describe("Connection", () => {
  it.each(roles)("of a %s is open when created, and has nothing to write", (role) => {
    const connection = open(role);
    expect(connection.agreement).toEqual(plainAgreement(role));
    expect([connection.role, connection.state, connection.transportAction]).toEqual([role, "open", "keep"]);
    expect([connection.outputLength, connection.awaitsPong, connection.tolerated]).toEqual([0, false, []]);
    expect(connection.takeOutput()).toEqual([]);
  });

  it("throws for options and agreements that it cannot use", () => {
    expect(usageErrorOf(() => new Connection(plainAgreement("client")))).toBe("option/random-missing");
    expect(usageErrorOf(() => serverWith({ fragmentSize: 0 }))).toBe("option/range");
    expect(usageErrorOf(() => new Connection(agreeing("server", adding("a", rsv1, 1))))).toBe("extension/unknown");
  });

  it("works with default options", () => {
    const server = new Connection(plainAgreement("server"));
    deliver(server, { opcode: "ping" });
    expect(outlineFrames(sent(server))).toEqual(["pong FIN 0"]);
  });

  it("says whether it answers Pings", () => {
    expect([serverWith().autoPong, serverWith({ autoPong: false }).autoPong]).toEqual([true, false]);
  });

  it("adds its own leniency to that of the opening handshake", () => {
    const agreement = { ...plainAgreement("client"), tolerated: ["empty-subprotocol"] as const };
    const client = new Connection(agreement, { random: countingSource(), tolerate: ["non-minimal-length"] });
    expect(client.tolerated).toEqual(["empty-subprotocol"]);
    client.receive(Uint8Array.of(0x82, 126, 0, 1, 0xff));
    expect(client.tolerated).toEqual(["empty-subprotocol", "non-minimal-length"]);
  });

  it("delivers messages of all kinds to its peer, in both directions", () => {
    const [client, server] = [clientWith(), serverWith()];
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.sendText("text");
      from.sendBinary(patternBytes(10));
      from.sendPrepared(prepareText("prepared"));
      const stream = from.startMessage("text");
      stream.write("streamed");
      stream.end();
      from.sendPing(utf8Bytes("i"));
      from.sendPong(utf8Bytes("o"));
      const chunks = from.takeOutput().map((chunk) => chunk.slice());
      expect(chunks.flatMap((chunk) => to.receive(chunk))).toEqual([
        { type: "ping", payload: utf8Bytes("i") },
        { type: "pong", payload: utf8Bytes("o") },
        { type: "text", data: "text" },
        { type: "binary", data: patternBytes(10) },
        { type: "text", data: "prepared" },
        { type: "text", data: "streamed" },
      ]);
      expect(outlineFrames(sent(to))).toEqual(["pong FIN 1"]);
    }
  });

  it("uses the native functions, with the same result", () => {
    const used = new Set<string>();
    const native = {
      isUtf8: (array: Uint8Array, start: number, end: number) => {
        used.add("isUtf8");
        return !new TextDecoder().decode(array.subarray(start, end)).includes("\ufffd");
      },
      decodeUtf8: (array: Uint8Array, start: number, end: number) => {
        used.add("decodeUtf8");
        return new TextDecoder("utf-8", { ignoreBOM: true }).decode(array.subarray(start, end));
      },
      decodeAscii: (array: Uint8Array, start: number, end: number) => {
        used.add("decodeAscii");
        return new TextDecoder().decode(array.subarray(start, end));
      },
      encodeUtf8: (text: string, target: Uint8Array, at: number) => {
        used.add("encodeUtf8");
        return new TextEncoder().encodeInto(text, target.subarray(at)).written;
      },
      unmask: (array: Uint8Array, start: number, end: number, key: number) => {
        used.add("unmask");
        mask(array, start, end, key);
      },
    };
    const [client, server] = [clientWith({ native }), serverWith({ native })];
    const texts = ["a".repeat(100), "é".repeat(100), "é".repeat(3000), "\uFEFF".repeat(20)];
    for (const text of texts) client.sendText(text);
    const events = client.takeOutput().flatMap((chunk) => server.receive(chunk.slice()));
    expect(events).toEqual(texts.map((data) => ({ type: "text", data })));
    const half = concatBytes([utf8Bytes("é".repeat(200)), utf8Bytes("x")]);
    deliver(server, { opcode: "text", payload: half, final: false });
    expect(deliver(server, { opcode: "continuation" })).toHaveLength(1);
    server.sendClose(1000, "é".repeat(50));
    expect(sentClose(server).reason).toBe("é".repeat(50));
    expect([...used].sort()).toEqual(["decodeAscii", "decodeUtf8", "encodeUtf8", "isUtf8", "unmask"]);
  });

  it("finds the same faults with native functions as without them", () => {
    const native = { isUtf8: () => false, decodeUtf8: () => "\ufffd" };
    const payload = concatBytes([utf8Bytes("é".repeat(100)), Uint8Array.of(0xff)]);
    for (const options of [{}, { native }]) {
      const [event] = deliver(serverWith(options), { opcode: "text", payload });
      expect(event).toMatchObject({ violation: { code: "message/utf8-invalid", offset: 8 + 200 } });
    }
  });

  it("replies to a Close, then instructs the transport to end (server) or to await the end (client)", () => {
    for (const role of roles) {
      const connection = open(role);
      const close = { type: "close", statusCode: 3000, reason: "r" };
      expect(deliver(connection, { opcode: "close", payload: closePayload(3000, "r") })).toEqual([close]);
      connection.sendText("allowed until ours is taken");
      connection.sendClose(1000);
      expect(usageErrorOf(() => connection.sendText("no more"))).toBe("send/after-close");
      expect(outlineFrames(sent(connection))).toEqual(["text FIN 27", "close FIN 2"]);
      expect(connection.transportAction).toBe(role === "server" ? "end" : "await-end");
      expect(connection.receiveEnd()).toEqual([{ type: "end", clean: true, statusCode: 3000, reason: "r" }]);
      expect(connection.receiveEnd()).toEqual([]);
      expect(usageErrorOf(() => connection.sendPing())).toBe("endpoint/ended");
    }
  });

  it("closes after queued messages by default, before them on request, and early when the peer's Close arrives", () => {
    for (const afterMessages of [true, false]) {
      const server = serverWith();
      server.sendBinary(new Uint8Array(2_000_000));
      server.sendClose(1000, "", { afterMessages });
      expect(server.state).toBe("closing");
      if (afterMessages) deliver(server, { opcode: "close" });
      expect(outlineFrames(sent(server))).toEqual(["close FIN 2"]);
      expect(server.state).toBe(afterMessages ? "closed" : "close-sent");
    }
  });

  it("stays unchanged when the options of sendClose are invalid", () => {
    const server = serverWith();
    for (const options of [{ afterMessages: "no" }, { after: true }, null]) {
      expect(usageErrorOf(() => server.sendClose(1000, "", options as never))).toMatch(/^option/);
    }
    expect([server.state, server.outputLength]).toEqual(["open", 0]);
    server.sendClose(1000);
    expect(outlineFrames(sent(server))).toEqual(["close FIN 2"]);
  });

  it("is closed by the peer's Close when it closed first", () => {
    const client = clientWith();
    client.sendClose(1000);
    expect([outlineFrames(sent(client)), client.state]).toEqual([["close FIN 2"], "close-sent"]);
    deliver(client, { opcode: "close" });
    expect([client.state, client.takeOutput()]).toEqual(["closed", []]);
  });

  it("fails for a fault in a Close frame, and sends no second Close after its own", () => {
    for (const closed of [false, true]) {
      const server = serverWith();
      if (closed) {
        server.sendClose(1000);
        sent(server);
      }
      const [event] = deliver(server, { opcode: "close", payload: closePayload(1005) });
      expect(event).toMatchObject({ type: "failure", violation: { code: "close/status-code", statusCode: 1002 } });
      expect(outlineFrames(sent(server))).toEqual(closed ? [] : ["close FIN 19"]);
      expect([server.state, server.transportAction]).toEqual(["failed", "end"]);
    }
  });

  it("performs what an expired deadline asks for, while it can", () => {
    const server = serverWith();
    server.expire("opening");
    server.expire("another" as "opening");
    expect(server.pingsAnswered).toBe(0);
    server.expire("ping");
    const [ping] = sent(server);
    expect([ping?.opcode, server.awaitsPong]).toEqual([0x9, true]);
    deliver(server, { opcode: "pong", payload: ping?.payload ?? "" });
    expect([server.awaitsPong, server.pingsAnswered]).toEqual([false, 1]);
    server.sendPing(Uint8Array.of(7));
    sent(server);
    deliver(server, { opcode: "pong", payload: Uint8Array.of(7) });
    expect(server.pingsAnswered).toBe(2);
    server.expire("idle");
    server.expire("idle");
    server.expire("ping");
    expect(outlineFrames(sent(server))).toEqual(["close FIN 6"]);
    expect(server.expire("pong")).toMatchObject([{ type: "failure", violation: { code: "deadline/pong" } }]);
    expect(server.expire("control-flood")).toEqual([]);
    server.expire("closing");
    expect(server.transportAction).toBe("abort");
    server.receiveEnd();
    expect(server.expire("closing")).toEqual([]);
  });

  it("throws for input from inside a sink, priorities that are not integers, and output beyond the limit", () => {
    const server = serverWith({ limits: { queuedOutput: 10 } });
    class Nested extends EventCollector {
      override text(): void {
        for (const input of [
          () => server.receive(utf8Bytes("")),
          () => server.receiveEnd(),
          () => server.expire("idle"),
        ]) {
          expect(usageErrorOf(() => void input())).toBe("endpoint/reentrant");
        }
      }
    }
    server.receiveInto(frameFrom("client", { opcode: "text" }), new Nested());
    expect(usageErrorOf(() => server.sendText("", { priority: 0.5 }))).toBe("send/priority");
    expect(usageErrorOf(() => server.sendPing(patternBytes(126)))).toBe("control/payload-too-long");
    const stream = server.startMessage("text", { priority: -1 });
    server.sendText("0123456789");
    expect(usageErrorOf(() => server.sendText(""))).toBe("send/queue-full");
    expect(usageErrorOf(() => stream.write(""))).toBe("send/queue-full");
    stream.end();
    server.releaseOutput(server.takeOutput());
    server.sendText("again");
    expect(server.statistics).toMatchObject({ messagesSent: 3, messagesReceived: 1 });
  });

  it("releases its transforms at its end, or once the output still queued then has been taken", () => {
    for (const waiting of [false, true]) {
      const log: string[] = [];
      const extensions = [adding("a", rsv1, 1, log)];
      const server = new Connection(agreeing("server", ...extensions), { extensions });
      if (waiting) server.sendText("x");
      server.receiveEnd();
      expect(log.includes("a release")).toBe(!waiting);
      server.takeOutput();
      expect(log.filter((line) => line === "a release")).toHaveLength(1);
    }
  });

  it("releases each transform once, even if another throws, and rethrows its error [A04]", () => {
    const log: string[] = [];
    const extensions = [adding("a", rsv1, 1, log), adding("b", rsv2, 1, log)];
    const broken = new Error("not released");
    const [first] = extensions;
    const { createTransform } = first ?? expect.fail();
    Object.assign(first ?? {}, {
      createTransform: (...given: Parameters<typeof createTransform>) => ({
        ...createTransform.apply(first, given),
        release: () => {
          log.push("a release");
          throw broken;
        },
      }),
    });
    const server = new Connection(agreeing("server", ...extensions), { extensions });
    expect(() => server.receiveEnd()).toThrow(broken);
    expect(log.filter((line) => line.endsWith("release"))).toEqual(["a release", "b release"]);
    expect(server.state).toBe("ended");
  });

  it("throws when asked to send what was not prepared", () => {
    for (const message of [undefined, null, {}, "text"]) {
      expect(usageErrorOf(() => serverWith().sendPrepared(message as never))).toBe("send/data-type");
    }
  });

  it("takes ownership of the chunk: it is unmasked in place, and large data reference it", () => {
    const chunk = frameFrom("client", { opcode: "binary", payload: patternBytes(1000) });
    const [event] = serverWith().receive(chunk);
    expect(event?.type === "binary" && event.data.buffer === chunk.buffer).toBe(true);
    expect(event?.type === "binary" && sameBytes(event.data, patternBytes(1000))).toBe(true);
  });

  it("keeps its messages and counters apart from those of connections with the same settings, wherever chunks end", () => {
    const config = ServerConfig.of({ tolerate: ["non-minimal-length"] });
    const servers = Array.from({ length: 40 }, () => new Connection(plainAgreement("server"), config));
    const messages = servers.map((_, index) =>
      frameFrom("client", { opcode: index % 2 === 0 ? "text" : "binary", payload: patternBytes(200).fill(65 + index) }),
    );
    const received = servers.map((): number[] => []);
    for (let round = 0; round < 2; round++) {
      for (const [from, to] of [
        [0, 1],
        [1, 100],
        [100, 300],
      ] as const) {
        for (const [index, server] of servers.entries()) {
          for (const event of server.receive(messages[index]!.slice(from, to))) {
            const data = event.type === "text" ? utf8Bytes(event.data) : event.type === "binary" ? event.data : [];
            received[index]?.push(data.length, data[0] ?? 0);
          }
        }
      }
    }
    expect(received).toEqual(servers.map((_, index) => [200, 65 + index, 200, 65 + index]));
    const { bytesReceived, messagesReceived } = servers[7]!.statistics;
    expect({ bytesReceived, messagesReceived }).toEqual({
      bytesReceived: 2 * messages[7]!.length,
      messagesReceived: 2,
    });
    servers[0]?.receive(Uint8Array.of(0x82, 0xfe, 0, 1, 0, 0, 0, 0, 9));
    servers[1]?.receive(frameFrom("client", { opcode: "text", payload: new Uint8Array(0) }));
    expect(servers.slice(0, 2).map(({ tolerated }) => tolerated)).toEqual([["non-minimal-length"], []]);
  });

  it("counts bytes that were read as received, and none after a Close", () => {
    const server = serverWith();
    server.receive(frameFrom("client", { opcode: "close" }));
    server.receive(patternBytes(100));
    expect(server.statistics.bytesReceived).toBe(6);
  });
});
