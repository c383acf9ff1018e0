/** Messages, large and small, urgent and not, over transports with limited room. */
import { Connection, type EndpointEvent, plainAgreement } from "@hybi/core";
import { byteByByte, describeBytes, patternBytes, Simulation, sampleRandom, withTranscript } from "@hybi/testing";
import { describe, expect, it } from "vitest";
import { openEndpoints } from "./stories.ts";

describe("a large download", () => {
  // 64 KiB in flight with a latency of 50 ms: about 1.3 MB a second.
  const link = { latency: 50, window: 65_536 };
  const size = 2_000_000;

  it("is overtaken by Pongs and a Ping, which leave between its fragments [F15] [X20] [X24]", () => {
    const story = openEndpoints({ client: { link }, server: { link } });
    const { first: client, second: server } = story;
    withTranscript(story, () => {
      const start = story.clock.now;
      server.do((endpoint) => endpoint.sendBinary(patternBytes(size)));
      story.run(200);
      client.do((endpoint) => endpoint.sendPing(patternBytes(3)));
      server.do((endpoint) => endpoint.sendPing(patternBytes(4)));
      story.run(10_000);
      const at = (type: string): number => (client.history.find(({ event }) => event.type === type)?.at ?? 0) - start;
      expect(at("binary")).toBeGreaterThan(1000);
      // A round trip, plus what was already in flight.
      expect(at("pong")).toBeLessThanOrEqual(200 + 50 + 2 * 50);
      expect(at("ping")).toBeLessThanOrEqual(200 + 2 * 50);
      const [download] = client.ofType("binary");
      expect(describeBytes(download?.data ?? new Uint8Array(0))).toBe(describeBytes(patternBytes(size)));
    });
  });

  it("lets an urgent message overtake queued ones, but not itself once it has begun [F22]", () => {
    const story = openEndpoints({ server: { link } });
    const { first: client, second: server } = story;
    withTranscript(story, () => {
      server.do((endpoint) => {
        endpoint.sendBinary(patternBytes(300_000));
        endpoint.sendBinary(patternBytes(300_001));
      });
      story.run(60);
      server.do((endpoint) => {
        endpoint.sendText("later");
        endpoint.sendText("urgent", { priority: 1 });
        endpoint.sendText("whenever", { priority: -1 });
      });
      story.run(5000);
      const order = client.events.flatMap((event): (string | number)[] => {
        if (event.type === "text") return [event.data];
        return event.type === "binary" ? [event.data.length] : [];
      });
      expect(order).toEqual([300_000, "urgent", 300_001, "later", "whenever"]);
    });
  });

  it("is held up by a peer that does not read, and the application can see how much is queued", () => {
    const story = openEndpoints({ server: { link } });
    const { first: client, second: server } = story;
    withTranscript(story, () => {
      server.link.stall();
      server.do((endpoint) => endpoint.sendBinary(patternBytes(size)));
      story.run(5000);
      expect(server.subject.outputLength).toBeGreaterThan(size - 2 * 65_536 - 1000);
      expect(client.ofType("binary")).toEqual([]);
      server.link.resume();
      story.run(5000);
      expect(server.subject.outputLength).toBe(0);
      expect(client.ofType("binary")).toHaveLength(1);
    });
  });
});

describe("two peers on their own pipe", () => {
  it("need no HTTP handshake: an agreement is plain data [F08]", () => {
    const story = new Simulation({
      first: {
        subject: new Connection(plainAgreement("client"), { random: sampleRandom() }),
        link: { chunking: byteByByte },
      },
      second: {
        subject: new Connection(plainAgreement("server")),
        react: (event, connection: Connection) => {
          if (event.type === "text") connection.sendText(event.data.toUpperCase());
          if (event.type === "binary") connection.sendBinary(event.data);
        },
      },
    });
    const { first: client } = story;
    withTranscript(story, () => {
      client.do((connection) => {
        connection.sendText("over a serial line");
        connection.sendBinary(patternBytes(300));
        connection.sendClose(1000);
      });
      story.run();
      expect(client.events).toEqual([
        { type: "text", data: "OVER A SERIAL LINE" },
        { type: "binary", data: patternBytes(300) },
        { type: "close", statusCode: 1000, reason: "" },
        { type: "end", clean: true, statusCode: 1000, reason: "" },
      ]);
    });
  });
});

describe("a proxy", () => {
  it("forwards fragments as they arrive, control frames between them, and the closing handshake [F15] [F23]", () => {
    // client — front of the proxy, back of the proxy — server; the proxy never stores a whole message.
    const options = { delivery: "pieces" } as const;
    const front = new Connection(plainAgreement("server"), options);
    const back = new Connection(plainAgreement("client"), { ...options, random: sampleRandom() });
    const forwarding = (to: () => { do(command: (connection: Connection) => unknown): void }) => {
      let stream: ReturnType<Connection["startMessage"]> | undefined;
      return (event: EndpointEvent): void =>
        to().do((connection) => {
          if (event.type === "piece") {
            stream ??= connection.startMessage(event.kind);
            stream.write(event.data);
            if (!event.final) return;
            stream.end();
            stream = undefined;
          } else if (event.type === "close") connection.sendClose(event.statusCode, event.reason);
        });
    };
    const toServer = forwarding(() => outer.first);
    const toClient = forwarding(() => inner.second);
    const inner: Simulation<Connection, Connection> = new Simulation({
      names: ["client", "front"],
      first: {
        subject: new Connection(plainAgreement("client"), { random: sampleRandom(), fragmentSize: 1000 }),
        link: { chunking: { sizes: [700], repeated: true }, latency: 1 },
      },
      second: { subject: front, react: (event) => toServer(event) },
    });
    const outer: Simulation<Connection, Connection> = new Simulation({
      names: ["back", "server"],
      beside: inner,
      first: { subject: back, react: (event) => toClient(event) },
      second: {
        subject: new Connection(plainAgreement("server")),
        react: (event, connection) => {
          if (event.type === "text") connection.sendText(`${event.data.length}`);
        },
      },
    });
    withTranscript(inner, () => {
      const text = "a é € 𝄞 ".repeat(1000);
      inner.first.do((connection) => {
        connection.sendText(text);
        connection.sendPing(patternBytes(2));
        connection.sendBinary(patternBytes(5000));
      });
      inner.run(100);
      // Each hop replies to a Close frame itself, so close only after the server's reply has arrived.
      expect(inner.first.ofType("text")).toEqual([{ type: "text", data: `${text.length}` }]);
      inner.first.do((connection) => connection.sendClose(3000, "bye"));
      inner.run(100);
      expect(outer.second.events).toEqual([
        { type: "text", data: text },
        { type: "binary", data: patternBytes(5000) },
        { type: "close", statusCode: 3000, reason: "bye" },
        { type: "end", clean: true, statusCode: 3000, reason: "bye" },
      ]);
      expect(inner.first.events).toMatchObject([
        { type: "pong" },
        { type: "text", data: `${text.length}` },
        { type: "close" },
        { type: "end" },
      ]);
    });
  });
});
