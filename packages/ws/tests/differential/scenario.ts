/** What can happen between a subject and a peer that writes bytes by hand, as data. */

import { deflateRawSync, constants as zlib } from "node:zlib";
import fc from "fast-check";
import { encodeFrame } from "./wire.ts";

export type Step =
  /** The peer writes these pieces, one after another. `what` is for who reads a failure. */
  | { readonly do: "write"; readonly what: string; readonly pieces: readonly Uint8Array[] }
  | { readonly do: "peer ends" | "peer resets" | "terminate" | "pause" | "resume" }
  | { readonly do: "send"; readonly data: Payload; readonly options: SendOptions | undefined }
  | { readonly do: "ping" | "pong"; readonly data: Payload | undefined }
  | { readonly do: "close"; readonly code: number | undefined; readonly reason: string | undefined }
  | { readonly do: "binaryType"; readonly value: "nodebuffer" | "arraybuffer" | "fragments" };

interface SendOptions {
  readonly binary?: boolean;
  readonly compress?: boolean;
  readonly fin?: boolean;
  readonly mask?: boolean;
}

/** What an application passes: its kind, and as how many bytes of which value. */
export interface Payload {
  readonly as: "string" | "Buffer" | "ArrayBuffer" | "Uint16Array" | "number";
  readonly size: number;
  readonly byte: number;
}

export interface Scenario {
  readonly role: "server" | "client";
  /** Options of the subject, that both its roles have. */
  readonly options: {
    readonly perMessageDeflate?:
      | boolean
      | { threshold?: number; serverNoContextTakeover?: boolean; clientNoContextTakeover?: boolean };
    readonly maxPayload?: number;
    readonly autoPong?: boolean;
    readonly allowSynchronousEvents?: boolean;
    readonly skipUTF8Validation?: boolean;
  };
  /** Lines of the peer's head: the request to a server, the response to a client. "ACCEPT" stands for the right field value. */
  readonly head: readonly string[];
  readonly protocols: readonly string[];
  /** Whether the first step's bytes come in one piece with the head. */
  readonly isEager: boolean;
  /** Whether the subject, as a server, answers bad requests itself. */
  readonly answersItself: boolean;
  /** What the application of a client does as soon as it has constructed the subject. */
  readonly atOnce: readonly Action[];
  /** What a listener of `error` does. */
  readonly onError: Action | undefined;
  readonly steps: readonly Step[];
}

/** What an application does, and no peer. */
type Action = Exclude<Step, { readonly do: "write" } | { readonly do: "binaryType" }>;

const sizes = fc.constantFrom(0, 1, 2, 5, 124, 125, 126, 127, 1000, 65_535, 65_536, 70_000);
const smallSizes = fc.constantFrom(0, 1, 2, 5, 60, 125);

const texts = fc.constantFrom("", "a", "hello", "ü✓🎉", "x".repeat(125), "y".repeat(126), "z".repeat(66_000));
const invalidUtf8 = fc
  .constantFrom("ff", "c3", "e282", "edA080", "f4908080", "c0af", "68c328")
  .map((hex) => Buffer.from(hex, "hex"));

const codes = fc.constantFrom(
  1000,
  1001,
  1002,
  1003,
  1007,
  1008,
  1009,
  1010,
  1011,
  1012,
  1013,
  1014,
  3000,
  3999,
  4000,
  4999,
);
const badCodes = fc.constantFrom(0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535);

function closePayload(code: number, reason: Uint8Array): Buffer {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(code);
  return Buffer.concat([head, reason]);
}

/** Frames with a name, for a peer of the role that masks or does not. */
function frames(isMasked: boolean): fc.Arbitrary<{ what: string; bytes: Buffer }> {
  const frame = (
    opcode: number,
    payload: Uint8Array,
    more: {
      fin?: boolean;
      rsv?: number;
      isMasked?: boolean;
      length?: "16 bits" | "64 bits" | "64 bits with the highest";
    } = {},
  ) => encodeFrame({ opcode, payload, fin: true, rsv: 0, isMasked, ...more });
  const fragments = fc
    .tuple(fc.constantFrom(1, 2), fc.array(texts, { minLength: 1, maxLength: 4 }), fc.boolean())
    .map(([opcode, parts, hasPing]) => ({
      what: `message of ${parts.length} fragments`,
      bytes: Buffer.concat(
        parts.flatMap((part, index) => [
          frame(index === 0 ? opcode : 0, Buffer.from(part), { fin: index === parts.length - 1 }),
          ...(hasPing && index < parts.length - 1 ? [frame(9, Buffer.from(`between ${index}`))] : []),
        ]),
      ),
    }));
  const legal = fc.oneof(
    texts.map((text) => ({ what: `text of ${text.length}`, bytes: frame(1, Buffer.from(text)) })),
    sizes.map((size) => ({ what: `binary of ${size}`, bytes: frame(2, Buffer.alloc(size, 7)) })),
    fragments,
    smallSizes.map((size) => ({ what: `Ping of ${size}`, bytes: frame(9, Buffer.alloc(size, 0x70)) })),
    smallSizes.map((size) => ({ what: `Pong of ${size}`, bytes: frame(10, Buffer.alloc(size, 0x71)) })),
    fc.array(texts, { minLength: 2, maxLength: 6 }).map((all) => ({
      what: `${all.length} texts at once`,
      bytes: Buffer.concat(all.map((text) => frame(1, Buffer.from(text)))),
    })),
  );
  const compressed = fc.tuple(texts, fc.constantFrom(1, 2)).map(([text, opcode]) => {
    const deflated = deflateRawSync(Buffer.from(text), { finishFlush: zlib.Z_SYNC_FLUSH }).subarray(0, -4);
    return { what: `compressed message of ${text.length}`, bytes: frame(opcode, deflated, { rsv: 4 }) };
  });
  const closes = fc.oneof(
    fc.tuple(codes, fc.constantFrom("", "bye", "ü")).map(([code, reason]) => ({
      what: `Close ${code} "${reason}"`,
      bytes: frame(8, closePayload(code, Buffer.from(reason))),
    })),
    fc.constant({ what: "Close without a code", bytes: frame(8, Buffer.alloc(0)) }),
  );
  const broken = fc.oneof(
    badCodes.map((code) => ({ what: `Close ${code}`, bytes: frame(8, closePayload(code, Buffer.alloc(0))) })),
    fc.constant({ what: "Close of one byte", bytes: frame(8, Buffer.from([3])) }),
    invalidUtf8.map((bytes) => ({ what: "Close, reason no UTF-8", bytes: frame(8, closePayload(1000, bytes)) })),
    invalidUtf8.map((bytes) => ({ what: "text, no UTF-8", bytes: frame(1, bytes) })),
    fc
      .constantFrom(3, 4, 7, 11, 15)
      .map((opcode) => ({ what: `opcode ${opcode}`, bytes: frame(opcode, Buffer.from("x")) })),
    fc.tuple(fc.constantFrom(1, 2, 3, 6), fc.constantFrom(1, 9)).map(([rsv, opcode]) => ({
      what: `RSV ${rsv} on ${opcode}`,
      bytes: frame(opcode, Buffer.from("x"), { rsv }),
    })),
    fc.constantFrom(1, 2, 8, 9).map((opcode) => ({
      what: `opcode ${opcode} masked the wrong way`,
      bytes: frame(opcode, opcode === 8 ? closePayload(1000, Buffer.alloc(0)) : Buffer.from("x"), {
        isMasked: !isMasked,
      }),
    })),
    fc.constantFrom(8, 9, 10).map((opcode) => ({
      what: `control ${opcode} without FIN`,
      bytes: frame(opcode, Buffer.alloc(0), { fin: false }),
    })),
    fc
      .constantFrom(9, 10)
      .map((opcode) => ({ what: `control ${opcode} of 126`, bytes: frame(opcode, Buffer.alloc(126)) })),
    fc.constant({ what: "continuation of nothing", bytes: frame(0, Buffer.from("x")) }),
    fc.constant({
      what: "message inside a message",
      bytes: Buffer.concat([frame(1, Buffer.from("a"), { fin: false }), frame(1, Buffer.from("b"))]),
    }),
    fc.constant({
      what: "a length above 2^63",
      bytes: frame(2, Buffer.from("x"), { length: "64 bits with the highest" }),
    }),
    fc.constantFrom("16 bits" as const, "64 bits" as const).map((length) => ({
      what: `5 bytes, their length in ${length}`,
      bytes: frame(2, Buffer.alloc(5, 1), { length }),
    })),
    fc.constant({
      what: "RSV1 on bytes that are no DEFLATE",
      bytes: frame(2, Buffer.from([0xff, 0xff, 0xff]), { rsv: 4 }),
    }),
    fc.constant({ what: "the beginning of a frame", bytes: frame(2, Buffer.alloc(50, 2)).subarray(0, 20) }),
  );
  return fc.oneof(
    { arbitrary: legal, weight: 6 },
    { arbitrary: compressed, weight: 2 },
    { arbitrary: closes, weight: 1 },
    { arbitrary: broken, weight: 2 },
  );
}

/** Cuts bytes in pieces: whole, at each byte of the beginning, or once. */
function cut(bytes: Buffer, where: number): Uint8Array[] {
  if (where === 0 || bytes.length < 2) return [bytes];
  if (where === 1)
    return [
      ...Array.from({ length: Math.min(bytes.length, 8) }, (_, index) => bytes.subarray(index, index + 1)),
      bytes.subarray(8),
    ].filter((piece) => piece.length > 0);
  const at = 1 + (where % (bytes.length - 1));
  return [bytes.subarray(0, at), bytes.subarray(at)];
}

const payload: fc.Arbitrary<Payload> = fc.record({
  as: fc.constantFrom("string", "Buffer", "ArrayBuffer", "Uint16Array", "number"),
  size: sizes.map((size) => size - (size % 2)),
  byte: fc.constantFrom(0x61, 0x7a),
});
const smallPayload = fc.record({
  as: fc.constantFrom("string" as const, "Buffer" as const),
  size: fc.constantFrom(0, 4, 125, 126),
  byte: fc.constant(0x62),
});
const sendOptions = fc.option(
  fc.record(
    { binary: fc.boolean(), compress: fc.boolean(), fin: fc.constantFrom(true, true, true, false) },
    { requiredKeys: [] },
  ),
  { nil: undefined },
);

function step(isMasked: boolean): fc.Arbitrary<Step> {
  const write = fc
    .tuple(frames(isMasked), fc.nat(200))
    .map(([{ what, bytes }, where]): Step => ({ do: "write", what, pieces: cut(bytes, where % 3 === 0 ? 0 : where) }));
  return fc.oneof(
    { arbitrary: write, weight: 12 },
    { arbitrary: fc.record({ do: fc.constant("send" as const), data: payload, options: sendOptions }), weight: 5 },
    {
      arbitrary: fc.record({
        do: fc.constantFrom("ping" as const, "pong" as const),
        data: fc.option(smallPayload, { nil: undefined }),
      }),
      weight: 2,
    },
    {
      arbitrary: fc.record({
        do: fc.constant("close" as const),
        code: fc.option(fc.oneof(codes, badCodes), { nil: undefined, freq: 3 }),
        reason: fc.option(fc.constantFrom("", "bye", "ü".repeat(61), "ü".repeat(62)), { nil: undefined }),
      }),
      weight: 2,
    },
    {
      arbitrary: fc.record({
        do: fc.constant("binaryType" as const),
        value: fc.constantFrom("nodebuffer" as const, "arraybuffer" as const, "fragments" as const),
      }),
      weight: 1,
    },
    {
      arbitrary: fc.record({ do: fc.constantFrom("peer ends" as const, "peer resets" as const, "terminate" as const) }),
      weight: 1,
    },
    { arbitrary: fc.record({ do: fc.constantFrom("pause" as const, "resume" as const) }), weight: 1 },
  );
}

const options = fc.record(
  {
    perMessageDeflate: fc.oneof(
      fc.constantFrom(true, false),
      fc.record(
        {
          threshold: fc.constantFrom(0, 100),
          serverNoContextTakeover: fc.boolean(),
          clientNoContextTakeover: fc.boolean(),
        },
        { requiredKeys: [] },
      ),
    ),
    maxPayload: fc.constantFrom(0, 100, 70_000),
    autoPong: fc.boolean(),
    allowSynchronousEvents: fc.boolean(),
  },
  { requiredKeys: [] },
);

const key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
const goodRequest = [
  "GET /chat?a=1 HTTP/1.1",
  "Host: HOST",
  "Upgrade: websocket",
  "Connection: Upgrade",
  key,
  "Sec-WebSocket-Version: 13",
];
const goodResponse = [
  "HTTP/1.1 101 Switching Protocols",
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Accept: ACCEPT",
];
const offers = [
  "permessage-deflate",
  "permessage-deflate; client_max_window_bits",
  "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
  "permessage-deflate; server_max_window_bits=10",
  "unknown-extension, permessage-deflate",
].map((offer) => `Sec-WebSocket-Extensions: ${offer}`);

/** Heads that a server accepts, with an offer of compression or without, and some more fields. */
const requests = fc
  .tuple(
    fc.option(fc.constantFrom(...offers), { nil: undefined, freq: 2 }),
    fc.constantFrom([], ["Origin: http://a.example"], ["Cookie: a=b", "X-Many: 1", "X-Many: 2"]),
  )
  .map(([offer, more]) => [...goodRequest, ...(offer === undefined ? [] : [offer]), ...more]);

const without = (lines: readonly string[], name: string): string[] =>
  lines.filter((line) => !line.startsWith(`${name}:`));
const instead = (lines: readonly string[], line: string): string[] => [
  ...without(lines, line.split(":")[0] ?? ""),
  line,
];

/** Heads of which most are refused. */
const oddRequests = fc.constantFrom<readonly string[]>(
  ["POST /chat HTTP/1.1", ...goodRequest.slice(1), "Content-Length: 0"],
  without(goodRequest, "Upgrade"),
  without(goodRequest, "Connection"),
  without(goodRequest, "Sec-WebSocket-Key"),
  without(goodRequest, "Sec-WebSocket-Version"),
  instead(goodRequest, "Upgrade: h2c"),
  instead(goodRequest, "Upgrade: WebSocket"),
  instead(goodRequest, "Connection: keep-alive, Upgrade"),
  instead(goodRequest, "Sec-WebSocket-Key: short"),
  instead(goodRequest, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ="),
  instead(goodRequest, "Sec-WebSocket-Version: 8"),
  instead(goodRequest, "Sec-WebSocket-Version: 12"),
  instead(goodRequest, "Sec-WebSocket-Version: x"),
  [...goodRequest, "Sec-WebSocket-Protocol: one, two"],
  [...goodRequest, "Sec-WebSocket-Protocol: two,one"],
  [...goodRequest, "Sec-WebSocket-Protocol: one, one"],
  [...goodRequest, "Sec-WebSocket-Protocol: "],
  [...goodRequest, "Sec-WebSocket-Protocol: one,,two"],
  [...goodRequest, "Sec-WebSocket-Protocol: o ne"],
  [...goodRequest, "Sec-WebSocket-Extensions: permessage-deflate; unknown_parameter"],
  [...goodRequest, "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=7"],
  [...goodRequest, "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=7, permessage-deflate"],
  [...goodRequest, "Sec-WebSocket-Extensions: ;"],
  [...goodRequest, 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits="12"'],
  ["GET /elsewhere HTTP/1.1", ...goodRequest.slice(1)],
);

const oddResponses = fc.constantFrom<readonly string[]>(
  without(goodResponse, "Upgrade"),
  without(goodResponse, "Sec-WebSocket-Accept"),
  instead(goodResponse, "Upgrade: h2c"),
  instead(goodResponse, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
  [...goodResponse, "Sec-WebSocket-Protocol: one"],
  [...goodResponse, "Sec-WebSocket-Protocol: three"],
  [...goodResponse, "Sec-WebSocket-Extensions: permessage-deflate"],
  [...goodResponse, "Sec-WebSocket-Extensions: unknown"],
  [...goodResponse, "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=7"],
  ["HTTP/1.1 200 OK", "Content-Length: 2", "", "hi"],
  ["HTTP/1.1 401 Unauthorized", "WWW-Authenticate: Basic", "Content-Length: 0"],
  ["HTTP/1.1 302 Found", "Location: /other", "Content-Length: 0"],
  ["HTTP/1.1 503 Service Unavailable", "Connection: close"],
);

/** `[]` for a client that asks for none, so that a response without one opens. */
const protocols = fc.constantFrom<readonly string[]>([], ["one"], ["one", "two"]);

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ do: fc.constantFrom("terminate" as const, "terminate" as const, "pause" as const, "resume" as const) }),
  fc.record({
    do: fc.constant("close" as const),
    code: fc.constantFrom(undefined, 1000),
    reason: fc.constant(undefined),
  }),
  fc.record({ do: fc.constant("ping" as const), data: fc.constant(undefined) }),
  fc.record({
    do: fc.constant("send" as const),
    data: fc.constant({ as: "string" as const, size: 2, byte: 0x61 }),
    options: fc.constant(undefined),
  }),
) as fc.Arbitrary<Action>;

function scenarioOf(
  role: "server" | "client",
  head: fc.Arbitrary<readonly string[]>,
  protocols: fc.Arbitrary<readonly string[]>,
  maxSteps: number,
): fc.Arbitrary<Scenario> {
  return fc.record({
    role: fc.constant(role),
    options,
    head,
    protocols,
    isEager: fc.boolean(),
    answersItself: fc.boolean(),
    atOnce: fc.oneof(
      { arbitrary: fc.constant([]), weight: 9 },
      { arbitrary: fc.array(action, { minLength: 1, maxLength: 3 }), weight: role === "client" ? 1 : 0 },
    ),
    onError: fc.option(action, { nil: undefined, freq: 3 }),
    steps: fc.array(step(role === "server"), { maxLength: maxSteps }),
  });
}

const responses = fc.constantFrom<readonly string[]>(
  goodResponse,
  goodResponse,
  [...goodResponse, "Set-Cookie: a=b", "Set-Cookie: c=d", "X-Own: 1"],
  [...goodResponse, "Sec-WebSocket-Extensions: permessage-deflate"],
  [
    ...goodResponse,
    "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover; server_no_context_takeover",
  ],
);

export const scenarios: fc.Arbitrary<Scenario> = fc.oneof(
  { arbitrary: scenarioOf("server", requests, protocols, 8), weight: 5 },
  { arbitrary: scenarioOf("client", responses, fc.constant([]), 8), weight: 5 },
  { arbitrary: scenarioOf("server", oddRequests, protocols, 2), weight: 1 },
  { arbitrary: scenarioOf("client", oddResponses, protocols, 2), weight: 1 },
);
