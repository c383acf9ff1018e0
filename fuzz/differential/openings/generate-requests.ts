/** Generates opening requests, and requests that open nothing: heads as clients send them, with and without faults. */
import type { Random } from "../../random.ts";
import { type FieldRule, fieldLines } from "./field-writer.ts";
import { startLineSpace } from "./generate.ts";

const methods = ["get", "POST", "HEAD", "PUT", "CONNECT", "OPTIONS", "GETT", "GE", "G\xcbT", "", "PRI", "M-SEARCH"];
const targets = ["/", "/chat", "/chat?room=1", "/a%20b/?x=/y", "//double", "/'()*;:@&=+$,[]", "/%"];
const oddTargets = [
  ...["http://example.com/chat", "ws://example.com:80/chat?x", "HTTP://EXAMPLE.COM", "wss://[::1]/", "http://a@b/c"],
  ...[
    "*",
    "",
    "chat",
    "/chat#here",
    "example.com:80",
    "/caf\xe9",
    "/a b",
    "/a\tb",
    "http:/x",
    "ftp://a/",
    "?x",
    "/\x7f",
  ],
];
const versions = ["HTTP/1.0", "HTTP/1.2", "HTTP/1.9", "HTTP/2.0", "HTTP/0.9", "http/1.1", "HTTP/1.10", "HTTP/11"];
const oddVersions = [...versions, "HTTP/1", "HTTP/1.", "HTTP /1.1", "HTTPS/1.1", "", "ICE/1.0", "RTSP/1.0"];

const rules: readonly FieldRule[] = [
  {
    name: "Host",
    right: ["example.com", "localhost:8080", "[::1]:80", "127.0.0.1", "a"],
    odd: [
      ...["", "a b", "example.com, example.org", "user@host", "[::1", "host:port", "host:65536", "host:0", "h\xf6st"],
      ...[
        "a/b",
        "http://example.com",
        "example.com:",
        ":80",
        "%41",
        "%4",
        "a,b",
        "xn--",
        "a..b",
        `${"a".repeat(64)}.b`,
      ],
    ],
  },
  {
    name: "Upgrade",
    right: [
      ..."abcdefghijkl".split("").map(() => "websocket"),
      "WebSocket",
      "WEBSOCKET",
      "h2c, websocket",
      "websocket,h2c",
      "websocket,",
    ],
    odd: ["", "websockets", "websocket/13", "h2c", "web socket", "websocket;q=1", "websocket\xa0", '"websocket"', ","],
  },
  {
    name: "Connection",
    right: [
      "Upgrade",
      "Upgrade",
      "upgrade",
      "UPGRADE",
      "keep-alive, Upgrade",
      "Upgrade,keep-alive",
      ",Upgrade , ,x",
      "x,\tUpgrade",
    ],
    odd: [
      "",
      "keep-alive",
      "close",
      "close, Upgrade",
      "Upgrade close",
      "upgraded",
      "Upgrade;x",
      "Upgrade, a/b",
      "x-upgrade",
    ],
  },
  {
    name: "Sec-WebSocket-Key",
    // Exactly 24 chars are 16 bytes; their value makes no difference.
    right: ["dGhlIHNhbXBsZSBub25jZQ==", "AAAAAAAAAAAAAAAAAAAAAA==", "+/+/+/+/+/+/+/+/+/+/+w=="],
    odd: [
      ...["", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZR==", "dGhlIHNhbXBsZSBub25j", "dGhlIHNhbXBsZSBub25jZTE="],
      ...["dGhlIHNhbXBs ZSBub25jZQ==", "_-_-_-_-_-_-_-_-_-_-_w==", "dGhlIHNhbXBsZSBub25jZQ==, x", "=".repeat(24), "x"],
      ...["dGhlIHNhbXBsZSBub25jZQ=A", "dGhlIHNhbXBsZSBub25\xe9ZQ=="],
    ],
  },
  {
    name: "Sec-WebSocket-Version",
    right: ["13"],
    odd: [
      ...[
        "8",
        "7",
        "0",
        "12",
        "14",
        "013",
        "13.0",
        "13, 8",
        "8, 13",
        "",
        "1 3",
        "0xd",
        "13;",
        "+13",
        "1.3e1",
        "130",
        "0x8",
      ],
      ...["13,13", '"13"', "8.0", "256"],
    ],
  },
  {
    name: "Sec-WebSocket-Protocol",
    absentOneIn: 3,
    right: ["chat", "superchat", "chat, superchat", "superchat,chat", "x, chat", "unknown", "chat ,superchat", "Chat"],
    odd: [
      "",
      ",",
      "chat,",
      ",chat",
      "chat, , superchat",
      "chat superchat",
      "chat, chat",
      "a/b",
      '"chat"',
      "chat;x",
      "ch\xe9t",
    ],
  },
  {
    name: "Sec-WebSocket-Extensions",
    absentOneIn: 2,
    right: [
      ...["permessage-deflate", "permessage-deflate; client_max_window_bits", "x-other, permessage-deflate", "x-other"],
      ...[
        "permessage-deflate; server_max_window_bits=10, permessage-deflate",
        'permessage-deflate; client_max_window_bits="12"',
      ],
      ...[
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
        "permessage-deflate;client_max_window_bits=9",
      ],
      ...["foo; bar=baz, permessage-deflate;server_max_window_bits=15"],
    ],
    odd: [
      ...[
        "",
        ",",
        "permessage-deflate,",
        ", permessage-deflate",
        "permessage-deflate;",
        "permessage-deflate; ; x",
        ";x",
      ],
      ...[
        "permessage-deflate; unknown",
        "permessage-deflate; unknown=1, permessage-deflate",
        "permessage-deflate; client_max_window_bits=16",
      ],
      ...[
        "permessage-deflate; server_max_window_bits",
        "permessage-deflate; server_max_window_bits=8",
        "a/b",
        "permessage-deflate; x=y z",
      ],
      ...[
        "permessage-deflate; client_max_window_bits=8",
        "permessage-deflate; server_no_context_takeover=1",
        'foo; x="a,b"',
      ],
      ...[
        "permessage-deflate; client_max_window_bits=010",
        "permessage-deflate; client_max_window_bits; client_max_window_bits",
      ],
      ...[
        'permessage-deflate; client_max_window_bits="1\\2"',
        'x; y="',
        "permessage-deflate; x = y",
        "Permessage-Deflate",
        "x; y=\xe9",
      ],
      ...["permessage-deflate; server_max_window_bits=10, permessage-deflate; unknown"],
    ],
  },
  { name: "Origin", absentOneIn: 3, right: ["http://example.com", "null"], odd: ["", "a b", "http://\xe9"] },
  {
    name: "Content-Length",
    absentOneIn: 20,
    right: ["0"],
    odd: ["5", "+0", "00", "0, 0", "0,5", "", "-1", "0 0", "0x0", "99999999999999999999999", "0;", "1.0"],
  },
  {
    name: "Transfer-Encoding",
    absentOneIn: 60,
    right: ["chunked"],
    odd: ["", "gzip, chunked", "identity", "xchunked", "chunked, chunked", "chunked;x=y", "Chunked"],
  },
];

const others = [
  ...[
    "User-Agent: Mozilla/5.0 (X11; Linux)",
    "Cookie: a=b; c=d",
    "Accept: */*",
    "X-Empty: ",
    "Cache-Control: no-cache",
  ],
  ...[
    "__proto__: x",
    "constructor: y",
    "X-Colon: a:b",
    "Expect: 100-continue",
    "TE: trailers",
    "Keep-Alive: timeout=5",
  ],
  ...['X-Quoted: "a, b"', "Proxy-Connection: keep-alive", "Sec-WebSocket-Accept: x", "HTTP2-Settings: x"],
];

/** What else a client may have sent: frames, or more HTTP. */
const rests = [
  "\x81\x80\x00\x00\x00\x00",
  "\x89\x80abcd",
  "\r\n",
  "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
  "0\r\n\r\n",
  "hello",
  "\n",
];

/** Returns a request, possibly with bytes behind it. */
export function writeRequest(random: Random, faulty: boolean): string {
  const head = `${requestLine(random, faulty)}${fieldLines(random, rules, others, faulty)}\r\n`;
  return head + (random.oneIn(3) ? random.of(rests) : "");
}

function requestLine(random: Random, faulty: boolean): string {
  const method = faulty && random.oneIn(20) ? random.of(methods) : "GET";
  const isOdd = faulty ? random.oneIn(6) : random.oneIn(40);
  const target = isOdd ? random.of(oddTargets) : random.of(targets);
  const version = faulty && random.oneIn(15) ? random.of(oddVersions) : "HTTP/1.1";
  const space = (): string => startLineSpace(random, faulty);
  const end = faulty && random.oneIn(40) ? random.of(["\n", "\r", "\r\r\n", " \r\n", "\0\r\n", "\t\r\n"]) : "\r\n";
  const before = random.oneIn(30)
    ? random.of(["\r\n", "\n", "\r", " ", "\r\n\r\n", "\r\n".repeat(4), "\r\n".repeat(5)])
    : "";
  return `${before}${method}${space()}${target}${space()}${version}${end}`;
}
