/** Generates responses to an opening request: 101 and others, with interim ones before them, with and without faults. */
import type { Random } from "../../random.ts";
import { type FieldRule, fieldLines } from "./field-writer.ts";
import { startLineSpace } from "./generate.ts";
import { accept } from "./terms.ts";

const versions = [
  "HTTP/1.0",
  "HTTP/1.2",
  "HTTP/1.9",
  "HTTP/2.0",
  "HTTP/0.9",
  "http/1.1",
  "HTTP/1.10",
  "HTTP/11",
  "ICE/1.0",
];
const statuses = ["200", "204", "302", "304", "400", "404", "426", "500", "599", "100", "102", "103", "199"];
const oddStatuses = ["099", "000", "600", "999", "10", "1010", "101.", "", "abc", "+101", "1 01", "\xb101"];
const reasons = ["Switching Protocols", "OK", "Not Found", "", "a  b ", "caf\xe9", "\t"];

const rules: readonly FieldRule[] = [
  {
    name: "Upgrade",
    right: [..."abcdefghijkl".split("").map(() => "websocket"), "WebSocket", "WEBSOCKET"],
    odd: [
      "",
      "websockets",
      "websocket/13",
      "h2c",
      "websocket, h2c",
      "h2c, websocket",
      "websocket,",
      "websocket\xa0",
      ",",
    ],
  },
  {
    name: "Connection",
    right: [
      ..."abcdefghijkl".split("").map(() => "Upgrade"),
      "upgrade",
      "UPGRADE",
      "keep-alive, Upgrade",
      ",Upgrade , ,x",
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
    name: "Sec-WebSocket-Accept",
    right: [accept],
    odd: [accept.toLowerCase(), accept.slice(0, -1), `${accept}=`, `${accept}, ${accept}`, `"${accept}"`, "", "x"],
  },
  {
    name: "Sec-WebSocket-Protocol",
    absentOneIn: 2,
    right: ["chat", "superchat"],
    odd: ["", ",", "Chat", "unknown", "chat, superchat", "chat,", "chat chat", '"chat"', "ch\xe9t", "constructor"],
  },
  {
    name: "Sec-WebSocket-Extensions",
    absentOneIn: 3,
    right: [
      ...[
        "permessage-deflate",
        "permessage-deflate; client_max_window_bits=12",
        "permessage-deflate;server_max_window_bits=10",
      ],
      ...[
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
        "permessage-deflate; client_max_window_bits=9",
      ],
      ...['permessage-deflate; client_max_window_bits="11"'],
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
        "x-other",
        "permessage-deflate, x-other",
        "permessage-deflate, permessage-deflate",
      ],
      ...[
        "permessage-deflate; client_max_window_bits",
        "permessage-deflate; server_max_window_bits",
        "permessage-deflate; x = y",
      ],
      ...["permessage-deflate; client_max_window_bits=16", "permessage-deflate; server_max_window_bits=8", "a/b"],
      ...["permessage-deflate; client_max_window_bits=8", "permessage-deflate; server_no_context_takeover=1"],
      ...[
        "permessage-deflate; client_max_window_bits=010",
        "permessage-deflate; server_max_window_bits=9; server_max_window_bits=9",
      ],
      ...['permessage-deflate; client_max_window_bits="1\\2"', 'x; y="', "Permessage-Deflate"],
    ],
  },
  {
    name: "Content-Length",
    absentOneIn: 6,
    right: ["0", "5", "2"],
    odd: ["+0", "00", "5, 5", "0,5", "", "-1", "0 0", "0x5", "99999999999999999999999", "5;", "1.0"],
  },
  {
    name: "Transfer-Encoding",
    absentOneIn: 20,
    right: ["chunked", "Chunked"],
    odd: ["", "gzip, chunked", "identity", "xchunked", "chunked, chunked", "chunked;x=y", "chunked, gzip"],
  },
];

const others = [
  ...[
    "Server: nginx/1.27",
    "Date: Sun, 06 Nov 1994 08:49:37 GMT",
    "Set-Cookie: a=b; Path=/",
    "X-Empty: ",
    "__proto__: x",
  ],
  ...[
    "constructor: y",
    "X-Colon: a:b",
    "Location: /elsewhere",
    "Keep-Alive: timeout=5",
    "Sec-WebSocket-Version: 13, 8",
  ],
  ...["Sec-WebSocket-Key: x", "Trailer: X", "Content-Type: text/html", "Sec-WebSocket-Accept-Not: x"],
];

const interim = [
  ...[
    "HTTP/1.1 100 Continue\r\n\r\n",
    "HTTP/1.1 102 Processing\r\n\r\n",
    "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=x\r\n\r\n",
  ],
  ...["HTTP/1.1 199 \r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", "HTTP/1.0 100 Continue\r\n\r\n"],
  ...["HTTP/1.1 100 Continue\r\nContent-Length: 5\r\n\r\n"],
];

/** What else a server may have sent: frames, or bodies. */
const rests = [
  "\x81\x02hi",
  "\x89\x00",
  "\r\n",
  "5\r\nhello\r\n0\r\n\r\n",
  "hello",
  "0\r\n\r\n",
  "HTTP/1.1 101 Switching Protocols\r\n\r\n",
  "\x88",
];

/** Returns a response, possibly with interim ones before it and bytes behind it. */
export function writeResponse(random: Random, faulty: boolean): string {
  let text = "";
  if (random.oneIn(12)) for (let count = 1 + random.below(5); count > 0; count--) text += random.of(interim);
  text += `${statusLine(random, faulty)}${fieldLines(random, rules, others, faulty)}\r\n`;
  return text + (random.oneIn(3) ? random.of(rests) : "");
}

function statusLine(random: Random, faulty: boolean): string {
  const version = faulty && random.oneIn(15) ? random.of(versions) : "HTTP/1.1";
  const isOdd = faulty && random.oneIn(24);
  const status = isOdd ? random.of(oddStatuses) : random.oneIn(10) ? random.of(statuses) : "101";
  const reason = random.oneIn(4) ? random.of(reasons) : "Switching Protocols";
  const space = (): string => startLineSpace(random, faulty);
  const end = faulty && random.oneIn(40) ? random.of(["\n", "\r", "\r\r\n", "\0\r\n", "\x7f\r\n"]) : "\r\n";
  const before = faulty && random.oneIn(30) ? random.of(["\r\n", "\n", "\r", " ", "\r\n\r\n"]) : "";
  return `${before}${version}${space()}${status}${faulty && random.oneIn(30) ? "" : space() + reason}${end}`;
}
