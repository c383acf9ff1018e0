/** Lists of short elements in an opening request, which take much more memory once parsed than as bytes. */
import { Endpoint, type Limits } from "@hybi/core";
import { checkExtendedConnect, checkOpeningRequest, type Fields } from "@hybi/core/opening";
import { describe, expect, it } from "vitest";

const required: Fields = [
  ["Host", "example.com"],
  ["Upgrade", "websocket"],
  ["Connection", "Upgrade"],
  ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="],
  ["Sec-WebSocket-Version", "13"],
];

const pseudo: Fields = [
  [":method", "CONNECT"],
  [":protocol", "websocket"],
  [":scheme", "https"],
  [":path", "/"],
  [":authority", "example.com"],
  ["sec-websocket-version", "13"],
];

const list = (length: number, name: (index: number) => string): string =>
  Array.from({ length }, (_, at) => name(at)).join(",");

/** The outcome of a request with these fields: as bytes, as a head parsed elsewhere, and over HTTP/2. */
function verdicts(fields: Fields, limits?: Partial<Limits>): (string | undefined)[] {
  const head = { method: "GET", target: "/", minorVersion: 1, fields: [...required, ...fields] };
  const lines = head.fields.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const endpoint = Endpoint.server({ limits });
  const [event] = endpoint.receive(new TextEncoder().encode(`GET / HTTP/1.1\r\n${lines}\r\n`));
  const lower = fields.map(([name, value]) => [name.toLowerCase(), value] as const);
  const checks = [checkOpeningRequest(head, { limits }), checkExtendedConnect([...pseudo, ...lower], { limits })];
  return [
    event?.type === "failure" ? event.violation.code : undefined,
    ...checks.map((check) => (check.type === "violation" ? check.violation.code : undefined)),
  ];
}

const all = (code: string | undefined) => [code, code, code];

describe("a server", () => {
  it("accepts as many offers, parameters and subprotocols as its limits allow, and rejects one more with 431 [A05]", () => {
    const cases: [name: string, value: (count: number) => string, limit: keyof Limits, most: number, code: string][] = [
      [
        "Sec-WebSocket-Extensions",
        (count) => list(count, (at) => `x${at}`),
        "extensionOffers",
        16,
        "opening/extensions-too-many",
      ],
      [
        "Sec-WebSocket-Extensions",
        (count) => `x;${list(count, (at) => `p${at}`).replaceAll(",", ";")}`,
        "extensionParameters",
        16,
        "opening/extensions-too-many",
      ],
      [
        "Sec-WebSocket-Protocol",
        (count) => list(count, (at) => `p${at}`),
        "subprotocols",
        64,
        "opening/subprotocols-too-many",
      ],
    ];
    for (const [name, value, limit, most, code] of cases) {
      expect(verdicts([[name, value(most)]])).toEqual(all(undefined));
      expect(verdicts([[name, value(most + 1)]])).toEqual(all(code));
      expect(verdicts([[name, value(3)]], { [limit]: 2 })).toEqual(all(code));
      expect(verdicts([[name, value(most + 1)]], { [limit]: Number.POSITIVE_INFINITY })).toEqual(all(undefined));
    }
  });

  it("counts the elements over all lines of a field [A05]", () => {
    const line = ["Sec-WebSocket-Extensions", list(9, (at) => `x${at}`)] as const;
    expect(verdicts([line])).toEqual(all(undefined));
    expect(verdicts([line, line])).toEqual(all("opening/extensions-too-many"));
  });
});
