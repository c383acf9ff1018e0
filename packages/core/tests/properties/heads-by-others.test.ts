/** The opening handshake by heads alone, which somebody else's HTTP carries: the same as over bytes. */
import { ClientConfig, type Extension } from "@hybi/core";
import {
  answerOpeningRequest,
  ClientHandshake,
  checkOpeningRequest,
  checkOpeningResponse,
  encodeResponseHead,
  type Fields,
  openUpgrade,
  ServerHandshake,
} from "@hybi/core/opening";
import { arb } from "@hybi/testing";
import { concatBytes, latin1Text } from "@hybi/testing/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** An extension without parameters or transform. */
function extension(name: string): Extension {
  return {
    name,
    rsv: 0,
    offers: () => [[]],
    answer: () => [],
    checkAnswer: () => undefined,
    createTransform: () => ({ rsv: 0 }) as never,
  } as unknown as Extension;
}

const x = extension("x-a");

/** The field names are none that the handshake itself uses. */
const fields: fc.Arbitrary<Fields> = fc.array(
  fc.tuple(
    arb.token().map((name) => `X-${name}`),
    arb.fieldValue(),
  ),
  { maxLength: 4 },
);

/** Options of a client, whose nonce is made of `seed`. */
const opening = fc.record({
  url: fc.constantFrom("ws://example.com/", "wss://user:pw@[::1]:8080/chat?a=%20b", "ws://a.example"),
  subprotocols: fc.uniqueArray(arb.token(), { maxLength: 3 }),
  extensions: fc.constantFrom([], [x]),
  fields,
  seed: fc.integer({ min: 1, max: 255 }),
});

function optionsOf({ seed, ...options }: typeof opening extends fc.Arbitrary<infer One> ? One : never) {
  let next = seed;
  const random = (target: Uint8Array): void => {
    for (let at = 0; at < target.length; at++) target[at] = next++ * 7;
  };
  return { ...options, random };
}

describe("an opening handshake by heads", () => {
  it("asks for the same as one over bytes [C10] [C11]", () => {
    fc.assert(
      fc.property(opening, (given) => {
        const bytes = new ClientHandshake(optionsOf(given)).takeOutput();
        const { method, target, fields } = openUpgrade(optionsOf(given)).request;
        const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`);
        expect(`${method} ${target} HTTP/1.1\r\n${lines.join("")}\r\n`).toBe(latin1Text(bytes));
      }),
    );
  });

  it("leads to the agreement that one over bytes leads to [C05] [C06] [C07]", () => {
    fc.assert(
      fc.property(opening, fc.nat(3), fields, (given, choice, added) => {
        const subprotocol = given.subprotocols[choice];
        const answer = { subprotocol, extensions: [x], fields: added };

        const { request, sent } = openUpgrade(optionsOf(given));
        const asked = checkOpeningRequest(request);
        if (asked.type !== "request") throw new Error(asked.violation.message);
        const { head, agreement } = answerOpeningRequest(asked.request, answer);
        const check = checkOpeningResponse(head, sent);

        const client = new ClientHandshake(optionsOf(given));
        const server = new ServerHandshake();
        server.receive(concatBytes(client.takeOutput()));
        const [accepted] = server.accept(answer);
        const response = concatBytes(server.takeOutput());
        const [opened] = client.receive(response);

        expect(latin1Text([encodeResponseHead(head)])).toBe(latin1Text([response]));
        if (accepted?.type !== "open" || opened?.type !== "open") throw new Error("not open");
        expect(accepted.agreement).toEqual(agreement);
        expect(check).toEqual({ type: "agreement", agreement: opened.agreement });
      }),
    );
  });

  it("uses a key once: each request has one of its own [C09]", () => {
    const config = ClientConfig.of({ random: (target) => void crypto.getRandomValues(target) });
    const keys = Array.from({ length: 50 }, () => openUpgrade(config, "ws://example.com/").sent.key);
    expect(new Set(keys).size).toBe(50);
  });

  it("takes the options of a client, and no URL beside them", () => {
    const { random } = optionsOf({ url: "ws://a.example", subprotocols: [], extensions: [], fields: [], seed: 1 });
    expect(() => openUpgrade({ random }, "ws://example.com/")).toThrow(
      expect.objectContaining({ code: "option/unknown" }),
    );
    expect(() => openUpgrade({ random, url: "ws://example.com/", headers: {} } as never)).toThrow("fields");
  });
});
