/** What one endpoint sends arrives at the other, whatever was agreed and however it is cut. */

import { type ConnectionEvent, Endpoint, type EndpointEvent } from "@hybi/core";
import { permessageDeflate } from "@hybi/permessage-deflate";
import { concatBytes, scaledRuns } from "@hybi/testing";
import fc from "fast-check";
import { expect, it } from "vitest";
import { content, cut, cuts, windowBits } from "../arbitraries.ts";
import { codecs } from "../codecs.ts";
import { countingSource } from "../wire.ts";

const codec = fc.constantFrom(...codecs.map(([, each]) => each));
const options = fc.record(
  {
    codec,
    serverNoContextTakeover: fc.boolean(),
    clientNoContextTakeover: fc.boolean(),
    serverMaxWindowBits: windowBits,
    clientMaxWindowBits: fc.oneof(windowBits, fc.constant(false as const)),
    fallback: fc.boolean(),
    level: fc.nat(9),
    memoryLevel: fc.integer({ min: 1, max: 9 }),
    threshold: fc.nat(1000),
    kinds: fc.constantFrom(["text"] as const, ["binary"] as const, [] as const),
  },
  { requiredKeys: ["codec"] },
);

const command = fc.oneof(
  fc.record({
    type: fc.constant("text" as const),
    data: fc.string({ unit: "grapheme", maxLength: 3000 }),
    compress: fc.option(fc.boolean(), { nil: undefined }),
  }),
  fc.record({
    type: fc.constant("binary" as const),
    data: content(5),
    compress: fc.option(fc.boolean(), { nil: undefined }),
  }),
  fc.record({
    type: fc.constant("stream" as const),
    parts: fc.array(content(2), { maxLength: 4 }),
    compress: fc.option(fc.boolean(), { nil: undefined }),
  }),
  fc.record({ type: fc.constant("ping" as const) }),
);

const shown = (event: ConnectionEvent | EndpointEvent): string => {
  if (event.type === "text") return `text ${event.data}`;
  if (event.type === "binary") return `binary ${String(event.data)}`;
  return event.type === "failure" ? `failure ${event.violation.code}` : event.type;
};

it("messages arrive unchanged under any agreement, fragmentation and chunking, in both directions", () => {
  fc.assert(
    fc.property(
      fc.record({
        client: options,
        server: options,
        fragmentSize: fc.integer({ min: 1, max: 3000 }),
        budget: fc.integer({ min: 1, max: 5000 }),
        sizes: cuts,
      }),
      fc.array(fc.tuple(fc.constantFrom("client" as const, "server" as const), command), { maxLength: 10 }),
      ({ client, server, fragmentSize, budget, sizes }, commands) => {
        const endpoints = {
          client: Endpoint.client({
            url: "ws://example.com/",
            random: countingSource(),
            extensions: [permessageDeflate(client)],
            fragmentSize,
          }),
          server: Endpoint.server({ extensions: [permessageDeflate(server)], fragmentSize }),
        };
        const received: Record<"client" | "server", string[]> = { client: [], server: [] };
        const exchange = (): void => {
          for (const [from, to] of [
            ["client", "server"],
            ["server", "client"],
          ] as const) {
            for (
              let chunks = endpoints[from].takeOutput(budget);
              chunks.length > 0;
              chunks = endpoints[from].takeOutput(budget)
            ) {
              for (const chunk of cut(concatBytes(chunks), sizes)) {
                for (const event of endpoints[to].receive(chunk)) {
                  if (event.type === "request") endpoints.server.accept();
                  else if (event.type !== "open" && event.type !== "ping" && event.type !== "pong")
                    received[to].push(shown(event));
                }
              }
            }
          }
        };
        exchange();
        exchange();
        const expected: Record<"client" | "server", string[]> = { client: [], server: [] };
        // The server declines a client that insists on a window it cannot announce, and the messages are sent uncompressed.
        expect([endpoints.client.state, endpoints.server.state]).toEqual(["open", "open"]);
        for (const [sender, sending] of commands) {
          const endpoint = endpoints[sender];
          const arrived = expected[sender === "client" ? "server" : "client"];
          if (sending.type === "ping") {
            endpoint.sendPing();
          } else if (sending.type === "text") {
            endpoint.sendText(sending.data, { compress: sending.compress });
            arrived.push(`text ${sending.data}`);
          } else if (sending.type === "binary") {
            endpoint.sendBinary(sending.data.slice(), { compress: sending.compress });
            arrived.push(`binary ${String(sending.data)}`);
          } else {
            const message = endpoint.startMessage("binary", { compress: sending.compress });
            for (const part of sending.parts) {
              message.write(part.slice());
              exchange();
            }
            message.end();
            arrived.push(`binary ${String(concatBytes(sending.parts))}`);
          }
          if (sending.type !== "binary") exchange();
        }
        exchange();
        expect(received).toEqual(expected);
      },
    ),
    scaledRuns(60),
  );
});
