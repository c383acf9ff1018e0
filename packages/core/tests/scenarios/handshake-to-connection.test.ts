/** From a separate handshake to a connection, as in the examples: bytes after a head are received. */
import {
  Connection,
  Endpoint,
  type EndpointEvent,
  type HandshakeEvent,
  type OpenEvent,
  plainAgreement,
} from "@hybi/core";
import {
  answerExtendedConnect,
  answerOpeningRequest,
  ClientHandshake,
  checkExtendedConnect,
  checkOpeningRequest,
  ServerHandshake,
} from "@hybi/core/opening";
import { concatBytes, latin1Bytes, sampleRandom } from "@hybi/testing";
import { describe, expect, it } from "vitest";

const random = sampleRandom();
const greeting = [...latin1Bytes("\x81\x05hello")];
/** The text "hello" as a client sends it, and a Ping. */
const hello = Uint8Array.of(0x81, 0x85, 1, 2, 3, 4, 0x69, 0x67, 0x6f, 0x68, 0x6e, 0x89, 0x80, 0, 0, 0, 0);

/** A client that has sent its request, and the bytes of a response followed by a greeting. */
function answered(): { handshake: ClientHandshake; response: Uint8Array; length: number } {
  const handshake = new ClientHandshake({ url: "ws://example.com/chat", random });
  const server = new ServerHandshake();
  for (const bytes of handshake.takeOutput()) server.receive(bytes.slice());
  server.accept();
  const head = concatBytes(server.takeOutput());
  return { handshake, response: concatBytes([head, Uint8Array.from(greeting)]), length: head.length };
}

function opened([event]: readonly HandshakeEvent[]): OpenEvent {
  if (event?.type !== "open") throw new Error(`not open: ${JSON.stringify(event)}`);
  return event;
}

describe("the bytes after an opening handshake", () => {
  it("reach the client's connection, wherever the transport cuts response and greeting [R36]", () => {
    const { response, length } = answered();
    for (let at = 0; at <= response.length; at++) {
      const again = answered();
      let connection: Connection | undefined;
      const told: EndpointEvent[] = [];
      for (const chunk of [again.response.slice(0, at), again.response.slice(at)]) {
        if (connection !== undefined) {
          told.push(...connection.receive(chunk));
          continue;
        }
        const events = again.handshake.receive(chunk);
        if (events.length === 0) continue;
        const open = opened(events);
        connection = new Connection(open.agreement, { random }, { offset: again.handshake.bytesConsumed });
        told.push(...connection.receive(open.rest));
      }
      expect(told).toEqual([{ type: "text", data: "hello" }]);
      expect(again.handshake.bytesConsumed).toBe(length);
    }
  });

  it("reach the server's connection, including those of several chunks that came before the answer [R36]", () => {
    for (const at of [0, 1, 6, 11, hello.length]) {
      const handshake = new ServerHandshake();
      const request = new ClientHandshake({ url: "ws://example.com/chat", random }).takeOutput();
      handshake.receive(concatBytes([...request, hello.subarray(0, at)]));
      handshake.receive(hello.slice(at));
      const open = opened(handshake.accept());
      const connection = new Connection(open.agreement, {}, { offset: handshake.bytesConsumed });
      expect(connection.receive(open.rest)).toMatchObject([{ type: "text", data: "hello" }, { type: "ping" }]);
    }
  });

  it("may be empty, which the connection accepts, when nothing came with the handshake [R36]", () => {
    const { handshake, response, length } = answered();
    const open = opened(handshake.receive(response.slice(0, length)));
    const connection = new Connection(open.agreement, { random });
    expect(connection.receive(open.rest)).toEqual([]);
    expect(connection.receive(response.slice(length))).toEqual([{ type: "text", data: "hello" }]);
  });

  it("are counted in offsets of faults from the start of the stream [R36]", () => {
    const { handshake, response, length } = answered();
    const wrong = response.slice();
    wrong[length] = 0xf1;
    const open = opened(handshake.receive(wrong));
    const connection = new Connection(open.agreement, { random }, { offset: handshake.bytesConsumed });
    expect(connection.receive(open.rest)).toMatchObject([{ type: "failure", violation: { offset: length } }]);
  });

  it("are not retained by the agreement, over bytes, parsed heads and HTTP/2 [R36]", () => {
    const { handshake, response } = answered();
    const { agreement, rest } = opened(handshake.receive(response));
    expect([...rest]).toEqual(greeting);
    const fields: [string, string][] = [
      ["Host", "example.com"],
      ["Upgrade", "websocket"],
      ["Connection", "Upgrade"],
      ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="],
      ["Sec-WebSocket-Version", "13"],
    ];
    const parsed = checkOpeningRequest({ method: "GET", target: "/", minorVersion: 1, fields });
    const stream = checkExtendedConnect([
      [":method", "CONNECT"],
      [":protocol", "websocket"],
      [":scheme", "https"],
      [":path", "/"],
      [":authority", "example.com"],
      ["sec-websocket-version", "13"],
    ]);
    if (parsed.type !== "request" || stream.type !== "request") throw new Error("refused");
    const terms = ["extensions", "role", "subprotocol", "tolerated"];
    // That of a client has the head of the response, too: here, one without fields of its own.
    expect(Object.keys(agreement).sort()).toEqual(["extensions", "response", "role", "subprotocol", "tolerated"]);
    expect(agreement).toMatchObject({ response: { status: 101, fields: [] } });
    for (const each of [
      plainAgreement("server"),
      answerOpeningRequest(parsed.request).agreement,
      answerExtendedConnect(stream.request).agreement,
    ]) {
      expect(Object.keys(each).sort()).toEqual(terms);
    }
  });

  it("are delivered once by an endpoint, and its open event has none left to receive [R36]", () => {
    const client = Endpoint.client({ url: "ws://example.com/chat", random });
    const server = Endpoint.server();
    for (const bytes of client.takeOutput()) server.receive(concatBytes([bytes, hello]));
    const accepted = server.accept();
    expect(accepted).toMatchObject([{ type: "open" }, { type: "text", data: "hello" }, { type: "ping" }]);
    server.sendText("hello");
    const all = client.receive(concatBytes(server.takeOutput()));
    expect(all.map(({ type }) => type)).toEqual(["open", "pong", "text"]);
    for (const [open] of [accepted, all]) expect(open?.type === "open" && open.rest.length).toBe(0);
    for (const endpoint of [server, client]) expect(endpoint.agreement).not.toHaveProperty("rest");
  });
});
