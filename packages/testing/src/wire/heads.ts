/** Opening requests and responses as text, valid until changed (RFC 6455 §4). */
import { sampleAccept, sampleKey } from "../bytes/sample-random.ts";

/** Changes of a head: the value or the values of a field by its name; an empty list or undefined omits the field. */
export type HeadChanges = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Returns a valid opening request for `sampleKey`, changed. */
export function requestText(changes: HeadChanges = {}, startLine = "GET /chat HTTP/1.1"): string {
  const fields = {
    Host: "server.example.com",
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Key": sampleKey,
    "Sec-WebSocket-Version": "13",
  };
  return headText(startLine, { ...fields, ...changes });
}

/** Returns a valid response to an opening request with `sampleKey`, changed. */
export function responseText(changes: HeadChanges = {}, startLine = "HTTP/1.1 101 Switching Protocols"): string {
  const fields = { Upgrade: "websocket", Connection: "Upgrade", "Sec-WebSocket-Accept": sampleAccept };
  return headText(startLine, { ...fields, ...changes });
}

function headText(startLine: string, fields: HeadChanges): string {
  const lines = Object.entries(fields).flatMap(([name, values = []]) =>
    (typeof values === "string" ? [values] : values).map((value) => `${name}: ${value}\r\n`),
  );
  return `${startLine}\r\n${lines.join("")}\r\n`;
}
