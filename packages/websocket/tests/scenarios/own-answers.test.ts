/** The answers of a server to requests that are not valid, in its own words: what `onFailure` returns. */

import { UsageError } from "@hybi/core";
import type { Fields, Rejection } from "@hybi/core/opening";
import { describe, expect, it } from "vitest";
import { type ServerOptions, WebSocketServer } from "../../src/server/server.ts";
import { createTransportPair } from "../../src/transport/pair.ts";
import { HandClient } from "../support/by-hand.ts";
import { TestClock, turn, until } from "../support/clock.ts";

const invalid = "GET /chat HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";

/** A server whose `onFailure` returns `answer`, and how it answers. */
function answering(answer: unknown, options: ServerOptions = {}) {
  const clock = new TestClock();
  const failures: string[] = [];
  const server = new WebSocketServer((opening) => opening.accept(), {
    runtime: { clock },
    onFailure: (failure) => {
      failures.push(failure.kind === "violation" ? failure.violation.code : failure.kind);
      return typeof answer === "function" ? answer(failure) : answer;
    },
    ...options,
  });
  const answerTo = async (request: string): Promise<string> => {
    const client = new HandClient();
    server.receive(client.far);
    client.near.write([new TextEncoder().encode(request)]);
    await until(() => client.isClosed);
    return client.text;
  };
  return { server, clock, failures, answerTo };
}

const usual = /^HTTP\/1\.1 400 Bad Request\r\n/;

describe("onFailure", () => {
  it("may return the response to an invalid request", async () => {
    const own: Rejection = { status: 404, fields: [["Content-Type", "text/html"]], body: "<h1>No such place</h1>" };
    const { answerTo, failures, clock } = answering(own);
    expect(await answerTo(invalid)).toMatch(
      /^HTTP\/1\.1 404 Not Found\r\nConnection: close\r\nContent-Length: 22\r\nContent-Type: text\/html\r\n\r\n<h1>No such place<\/h1>$/,
    );
    expect([failures, clock.reported]).toEqual([["opening/version-missing"], []]);
  });

  it("may answer a page of another origin, and a request whose head was parsed elsewhere", async () => {
    const { server, answerTo } = answering({ status: 307, fields: [["Location", "https://example.com/"]] });
    const page = `${invalid.slice(0, -2)}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: https://evil.example\r\n\r\n`;
    expect(await answerTo(page)).toMatch(/^HTTP\/1\.1 307 /);
    const client = new HandClient();
    server.receiveUpgrade(client.far, { method: "POST", target: "/", minorVersion: 1, fields: [["Host", "a"]] });
    await until(() => client.isClosed);
    expect(client.text).toMatch(/^HTTP\/1\.1 307 /);
  });

  it("may answer an Extended CONNECT", async () => {
    const { server, clock } = answering({ status: 404, body: "nothing here" });
    const answers: unknown[] = [];
    const fields: Fields = [
      [":method", "CONNECT"],
      [":protocol", "websocket"],
      [":scheme", "https"],
      [":path", "/"],
      [":authority", "example.com"],
    ];
    const stream = {
      onLost: undefined,
      accept: () => createTransportPair()[0],
      reject: ({ status, body }: { status: number; body: Uint8Array }) => {
        answers.push([status, new TextDecoder().decode(body)]);
      },
      abort() {},
    };
    server.receiveStream(stream, fields);
    expect([answers, clock.reported, server.connections]).toEqual([[[404, "nothing here"]], [], 0]);
  });

  it.each([undefined, null, 1, "404", [404], new Map([["a", 1]])])(
    "that returns %j, which is no response, leaves the usual one",
    async (answer) => {
      const { answerTo, clock } = answering(answer);
      expect(await answerTo(invalid)).toMatch(usual);
      expect(clock.reported).toEqual([]);
    },
  );

  it.each<[string, unknown, RegExp]>([
    ["a status that no response has", { status: 99 }, /status/],
    ["an unknown member", { status: 404, headers: {} }, /headers/],
    ["a field of the protocol", { status: 404, fields: [["Upgrade", "websocket"]] }, /Upgrade/i],
  ])("that returns %s is reported, and the usual response sent", async (_, answer, message) => {
    const { answerTo, clock } = answering(answer);
    expect(await answerTo(invalid)).toMatch(usual);
    expect(clock.reported).toHaveLength(1);
    expect(clock.reported[0]).toBeInstanceOf(UsageError);
    expect((clock.reported[0] as Error).message).toMatch(message);
  });

  it("that throws is reported, and the usual response sent", async () => {
    const broken = new Error("broken");
    const { answerTo, clock } = answering(() => {
      throw broken;
    });
    expect(await answerTo(invalid)).toMatch(usual);
    expect(clock.reported).toEqual([broken]);
  });

  it("may be asynchronous, but not answer then", async () => {
    const { answerTo, clock } = answering(async () => {});
    expect(await answerTo(invalid)).toMatch(usual);
    expect(clock.reported).toEqual([]);
    const late = answering(async () => ({ status: 404 }));
    expect(await late.answerTo(invalid)).toMatch(usual);
    await turn();
    expect(late.clock.reported).toMatchObject([
      { code: "callback/result", message: expect.stringMatching(/onFailure returned a promise of a response/) },
    ]);
    const rejects = answering(() => Promise.reject(new Error("no log")));
    expect(await rejects.answerTo(invalid)).toMatch(usual);
    await turn();
    expect(rejects.clock.reported).toMatchObject([{ message: "no log" }]);
  });

  it("answers neither what is no HTTP request, nor who is late", async () => {
    const { server, answerTo, clock, failures } = answering({ status: 404 });
    expect(await answerTo("\x16\x03\x01\r\n\r\n")).toMatch(usual);
    const client = new HandClient();
    server.receive(client.far);
    await clock.advance(10_000);
    expect(client.text).toMatch(/^HTTP\/1\.1 408 /);
    const left = new HandClient();
    server.receive(left.far);
    left.near.write([new TextEncoder().encode(invalid.slice(0, 20))]);
    left.near.end();
    await until(() => left.isClosed);
    expect(left.text).toBe("");
    expect([failures.length, clock.reported]).toEqual([3, []]);
  });
});
