/** Differences in when incomplete heads are judged. */
import type { Stream } from "../../stream.ts";
import * as head from "../head-edit.ts";
import { accept, key } from "../terms.ts";
import type { Kind } from "./kinds.ts";

export const neverRight: Kind = (peer) => ({
  name: `${peer} rejects an incomplete head that can no longer become valid`,
  section: "RFC 9112 §2.2",
  applies: ({ stream, ours, theirs, reread }) =>
    ours.failed === undefined &&
    ours.events.length === 0 &&
    theirs.failed === "refused" &&
    completions(stream).every((whole) => reread(whole).failed === "refused"),
});

/** Returns what an incomplete head may become if the rest of it is valid. */
function completions(stream: Stream): readonly Stream[] {
  const before = head.lengthBefore(stream, Number.POSITIVE_INFINITY);
  const here = head.from(stream, before);
  const [line, fields] = stream.role === "server" ? rightRequest : rightResponse;
  const missing = Object.entries(fields)
    .filter(([name]) => head.values(here, name).length === 0)
    .map(([name, value]) => `${name}: ${value}\r\n`);
  const rest = `${missing.join("")}\r\n`;
  const whole = head.isInStartLine(here)
    ? Array.from({ length: line.length }, (_, at) => head.continuedBy(here, line.slice(at) + rest))
    : [head.continuedBy(head.withoutUnfinishedName(here), rest)];
  return whole.map((each) => head.behind(each, stream, before));
}

type RightHead = readonly [startLine: string, fields: Readonly<Record<string, string>>];

const rightRequest: RightHead = [
  "GET / HTTP/1.1\r\n",
  {
    Host: "example.com",
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Key": key,
    "Sec-WebSocket-Version": "13",
  },
];

const rightResponse: RightHead = [
  "HTTP/1.1 101 OK\r\n",
  { Upgrade: "websocket", Connection: "Upgrade", "Sec-WebSocket-Accept": accept, "Sec-WebSocket-Protocol": "chat" },
];

export const judgedWhenWhole: Kind = (peer) => ({
  name: `${peer} judges a head only when it is complete`,
  section: "RFC 9112 §2.2",
  applies: ({ stream, ours, theirs }) =>
    ours.failed === "refused" &&
    theirs.failed === undefined &&
    theirs.events.length === 0 &&
    !head.isWhole(head.lastHead(stream)),
});
