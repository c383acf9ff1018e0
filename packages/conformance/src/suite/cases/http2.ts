/** Chapter 18: WebSocket over HTTP/2 (RFC 8441). Once open, the connection behaves as over TCP, so a few cases are enough. */
import type { Chapter, ConformanceCase, Piece } from "../case.ts";
import {
  answers,
  binary,
  close,
  closes,
  compressed,
  continuation,
  define,
  fails,
  hex,
  more,
  ping,
  send,
  text,
} from "./write.ts";

const section = "RFC 8441 §5";

type Fields = Readonly<Record<string, string | null>>;

function opens(
  id: string,
  title: string,
  fields: Fields,
  pieces: readonly Piece[],
  rest: Pick<ConformanceCase, "expect"> & Partial<ConformanceCase>,
): ConformanceCase {
  return define(id, section, {
    role: "server",
    opening: { http2: fields },
    steps: pieces.length === 0 ? [] : [send(...pieces)],
    ...rest,
    title,
  });
}

function refuses(
  id: string,
  title: string,
  fields: Fields,
  statuses: readonly number[],
  rest: Partial<ConformanceCase> = {},
): ConformanceCase {
  return define(id, section, {
    role: "server",
    opening: { http2: fields },
    steps: [],
    expect: { opening: { type: "refused", statuses }, ending: { type: "ended" } },
    ...rest,
    title,
  });
}

const hello = [text("hello")];
const echo = answers({ text: "hello" });

export const overHttp2: Chapter = {
  number: 18,
  title: "WebSocket over HTTP/2",
  cases: [
    opens("18.1.1", "An Extended CONNECT opens a connection", {}, hello, {
      expect: echo,
      requirements: ["B02", "B03", "B04"],
    }),
    opens("18.1.2", "The boundaries of DATA frames are irrelevant", {}, [], {
      steps: [{ send: [binary({ noise: 100_000 }), text("after it")], chop: 999 }],
      expect: answers({ binary: { noise: 100_000 } }, { text: "after it" }),
      requirements: ["B09"],
    }),
    opens("18.1.3", "A Ping between fragments gets a Pong", {}, [text("a", more), ping("x"), continuation("b")], {
      expect: answers({ pong: "x" }, { text: "ab" }),
      requirements: ["F15"],
    }),
    opens(
      "18.1.4",
      "A frame of a client that is not masked fails the connection",
      {},
      [text("x", { masking: "wrong" })],
      {
        expect: fails(1002),
        requirements: ["B07", "F08"],
      },
    ),
    opens("18.1.5", "Text that is not UTF-8 fails the connection", {}, [text(hex("ff"))], {
      expect: fails(1007),
      requirements: ["F18"],
    }),
    opens(
      "18.1.6",
      "A Close frame gets a Close frame in return, and the stream is ended",
      {},
      [close(4000, "enough")],
      {
        expect: closes([4000, 1000, null]),
        requirements: ["B08", "B14"],
      },
    ),
    opens("18.1.7", "END_STREAM without a Close frame gets END_STREAM in return", {}, [], {
      steps: [send(...hello), { awaitAnswers: 1 }, { end: true }],
      expect: { answers: [{ text: "hello" }], ending: { type: "ended" } },
      severity: "recommended",
      requirements: ["B08"],
    }),
    opens("18.1.8", "Compressed messages are echoed", {}, [], {
      opening: { http2: {}, deflate: {} },
      steps: [{ exchange: compressed("text", { json: 2000 }), times: 3 }],
      expect: answers({ text: { json: 2000 }, times: 3 }),
      requirements: ["B05", "E19"],
    }),
    opens("18.1.9", "A Sec-WebSocket-Key, which has no meaning here, is ignored", { "sec-websocket-key": "x" }, hello, {
      expect: echo,
      severity: "recommended",
      requirements: ["B03"],
    }),
    opens(
      "18.1.10",
      "An extension that the server does not know is declined",
      { "sec-websocket-extensions": "x-unknown" },
      hello,
      {
        expect: { ...echo, opening: { type: "open", extensions: [""] } },
        requirements: ["B05"],
      },
    ),
    refuses("18.2.1", "Version 8 is rejected", { "sec-websocket-version": "8" }, [400, 426], { requirements: ["B05"] }),
    refuses("18.2.2", "A request without a version is rejected", { "sec-websocket-version": null }, [400, 426], {
      requirements: ["B03", "B05"],
    }),
    refuses(
      "18.2.3",
      "A protocol that the server does not know is rejected",
      { ":protocol": "x-unknown" },
      [501, 400, 404, 405],
      {
        section: "RFC 9220 §3",
        requirements: ["B11"],
      },
    ),
    refuses("18.2.4", "A version that is not a number is rejected", { "sec-websocket-version": "+13" }, [400, 426], {
      requirements: ["H08"],
    }),
  ],
};
