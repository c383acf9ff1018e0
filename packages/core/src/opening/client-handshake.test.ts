import { latin1Bytes, latin1Text, responseText, sampleKey } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { agreementIn, client } from "../../tests/support/opening.ts";

const interim = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";

describe("ClientHandshake", () => {
  it("returns its output in pieces", () => {
    const handshake = client();
    const length = handshake.outputLength;
    expect(latin1Text(handshake.takeOutput(9))).toBe("GET /chat");
    expect(handshake.outputLength).toBe(length - 9);
    expect(latin1Text(handshake.takeOutput())).toContain(`Sec-WebSocket-Key: ${sampleKey}\r\n`);
    expect(handshake.outputLength).toBe(0);
  });

  it("accepts bytes only", () => {
    expect(() => client().receive(responseText() as never)).toThrow(
      expect.objectContaining({ code: "endpoint/chunk-type" }),
    );
  });

  it("is over after a failure: it ignores input, outputs nothing and ends the transport [C13]", () => {
    for (const text of [responseText({ Upgrade: [] }), "HTTP/2 200\r\n", interim]) {
      const handshake = client({ limits: { interimResponses: 0 } });
      handshake.takeOutput();
      expect(handshake.receive(latin1Bytes(text))).toMatchObject([{ type: "failure" }]);
      expect([handshake.transportAction, handshake.outputLength]).toEqual(["end", 0]);
      expect(handshake.receive(latin1Bytes(responseText()))).toEqual([]);
      expect(handshake.receiveEnd()).toEqual([]);
      expect(handshake.fail("deadline/opening")).toEqual([]);
    }
  });

  it("is over after a rejection, and cannot fail any more once open [C01]", () => {
    const rejected = client();
    expect(rejected.receive(latin1Bytes("HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n"))).toMatchObject([
      { type: "rejection", body: new Uint8Array(0) },
    ]);
    expect(rejected.fail("deadline/opening")).toEqual([]);
    expect(rejected.receiveEnd()).toEqual([]);
    const open = client();
    open.receive(latin1Bytes(responseText()));
    expect(open.fail("deadline/opening")).toEqual([]);
    expect(open.receiveEnd()).toEqual([]);
    expect(open.transportAction).toBe("keep");
  });

  it("counts the bytes of interim responses, in bytesConsumed and in the offset of a fault [C02]", () => {
    const opened = client();
    const [event] = opened.receive(latin1Bytes(`${interim}${interim}${responseText()}rest`));
    expect(opened.bytesConsumed).toBe(2 * interim.length + responseText().length);
    expect(event?.type === "open" && latin1Text([event.rest])).toBe("rest");

    const offsetOf = (text: string): unknown => {
      const [event] = client({ limits: { interimResponses: 2 } }).receive(latin1Bytes(text));
      return event?.type === "failure" && [event.violation.code, event.violation.offset];
    };
    expect(offsetOf(`${interim}${interim}nonsense\r\n`)).toEqual(["http/version", 2 * interim.length]);
    expect(offsetOf(`${interim}HTTP/2.0 101 X\r\n`)).toEqual(["http/version-unsupported", interim.length + 5]);
    expect(offsetOf(interim.repeat(3))).toEqual(["opening/too-many-interim-responses", 3 * interim.length]);
    const wrong = responseText({ Upgrade: "h2c" });
    expect(offsetOf(`${interim}${wrong}`)).toEqual(["opening/upgrade-mismatch", interim.length + wrong.length]);
    const body = "HTTP/1.1 400 X\r\nContent-Length: x\r\n\r\n";
    expect(offsetOf(`${interim}${body}`)).toEqual(["http/content-length", interim.length + body.length]);

    const ended = client();
    ended.receive(latin1Bytes(`${interim}HTTP`));
    expect(ended.receiveEnd()).toMatchObject([{ violation: { offset: interim.length + 4 } }]);
    const late = client();
    late.receive(latin1Bytes(`${interim}HTTP`));
    expect(late.fail("deadline/opening")).toMatchObject([{ violation: { offset: interim.length + 4 } }]);
  });

  it.each(["000", "099", "600", "999"])(
    "treats status %s, which HTTP does not define, as a rejection [C01]",
    (status) => {
      const text = `HTTP/1.1 ${status} X\r\nContent-Length: 0\r\n\r\n${responseText()}`;
      expect(client().receive(latin1Bytes(text))).toMatchObject([
        { type: "rejection", response: { status: Number(status) } },
      ]);
    },
  );

  it("retains no memory of a chunk in which nothing followed the response", () => {
    const [event] = client().receive(latin1Bytes(responseText()));
    expect(event?.type === "open" && event.rest.buffer.byteLength).toBe(0);
  });

  it("reports a leniency that an interim response needed, and none that was not needed", () => {
    const tolerate = ["bare-line-feed"] as const;
    const sloppy = interim.replaceAll("\r\n", "\n");
    expect(agreementIn(`${sloppy}${interim}${responseText()}`, { tolerate }).tolerated).toEqual(["bare-line-feed"]);
    expect(agreementIn(responseText().replaceAll("\r\n", "\n"), { tolerate }).tolerated).toEqual(["bare-line-feed"]);
    expect(agreementIn(`${interim}${responseText()}`, { tolerate }).tolerated).toEqual([]);
  });
});
