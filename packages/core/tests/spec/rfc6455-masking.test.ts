/** RFC 6455 §5.1, §5.3 and §10.3: which frames are masked, and how. */
import {
  concatBytes,
  frameFrom,
  hexBytes,
  patternBytes,
  roles,
  sameBytes,
  sampleMaskingKey,
  utf8Bytes,
} from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { encodeFrame } from "../../src/frame/encode-frame.ts";
import { prepareBinary, prepareText } from "../../src/sending/prepared-message.ts";
import { clientWith, countingSource, deliver, expectFailure, open, sent, serverWith } from "../support/connections.ts";
import type { ReadFrame } from "../support/read-frames.ts";

const helloEvent = { type: "text", data: "hello" } as const;

const maskingKeyOf = (frame: ReadFrame | undefined) =>
  new DataView((frame?.key ?? new Uint8Array(4)).buffer).getUint32(0);

describe("masking, as received", () => {
  const opcodes = [0x1, 0x2, 0x8, 0x9, 0xa];

  it.each(opcodes)(
    "the server fails the connection with 1002 when a client frame with opcode %i is not masked [F08]",
    (opcode) => {
      const before = frameFrom("client", { opcode: "text", payload: "hello" });
      expectFailure(open("server"), concatBytes([before, frameFrom("server", { opcode, payload: "" })]), {
        code: "frame/mask-missing",
        section: "RFC 6455 §5.1",
        statusCode: 1002,
        offset: before.length + 1,
        before: [helloEvent],
      });
    },
  );

  it.each(opcodes)(
    "the client fails the connection with 1002 when a server frame with opcode %i is masked [F08]",
    (opcode) => {
      const before = frameFrom("server", { opcode: "text", payload: "hello" });
      expectFailure(open("client"), concatBytes([before, frameFrom("client", { opcode, payload: "" })]), {
        code: "frame/mask-unexpected",
        section: "RFC 6455 §5.1",
        statusCode: 1002,
        offset: before.length + 1,
        before: [helloEvent],
      });
    },
  );

  it.each(roles)("the %s fails a continuation frame with the wrong masking [F08]", (role) => {
    const connection = open(role);
    deliver(connection, { opcode: "text", payload: "a", final: false });
    const offset = connection.statistics.bytesReceived + 1;
    const code = role === "server" ? "frame/mask-missing" : "frame/mask-unexpected";
    expectFailure(connection, frameFrom(role, { opcode: "continuation" }), { code, statusCode: 1002, offset });
  });

  it.each(roles)("the %s finds the fault when the first two bytes arrive one by one [F08]", (role) => {
    const connection = open(role);
    expect(connection.receive(Uint8Array.of(0x81))).toEqual([]);
    const code = role === "server" ? "frame/mask-missing" : "frame/mask-unexpected";
    expectFailure(connection, Uint8Array.of(role === "server" ? 0x05 : 0x85), { code, statusCode: 1002, offset: 1 });
  });

  it.each([
    ["81 80 01020304", "text"],
    ["82 80 01020304", "binary"],
    ["89 80 01020304", "ping"],
    ["8a 80 01020304", "pong"],
    ["88 80 01020304", "close"],
  ])(
    "the masked frame %s without payload includes four bytes of key, after which the next frame begins [F09]",
    (hex, type) => {
      const server = serverWith();
      const events = server.receive(
        concatBytes([hexBytes(hex), frameFrom("client", { opcode: "text", payload: "next" })]),
      );
      const next = type === "close" ? [] : ["text"];
      expect(events.map((event) => event.type)).toEqual([type, ...next]);
    },
  );

  it("the server waits for the complete key of a frame without payload, byte by byte [F09]", () => {
    const server = serverWith();
    const wire = hexBytes("81 80 01020304");
    for (const byte of wire.subarray(0, 5)) expect(server.receive(Uint8Array.of(byte))).toEqual([]);
    expect(server.receive(wire.slice(5))).toEqual([{ type: "text", data: "" }]);
  });

  it("the mask restarts with each frame and continues across the chunks of a frame, wherever they are cut [F10]", () => {
    const first = patternBytes(23);
    const second = patternBytes(31, 100);
    const wire = concatBytes([
      encodeFrame({ opcode: 0x2, payload: first, maskingKey: sampleMaskingKey }),
      encodeFrame({ opcode: 0x2, payload: second, maskingKey: 0x0102_0304 }),
    ]);
    for (let from = 0; from <= wire.length; from++) {
      for (let to = from; to <= wire.length; to += 3) {
        const server = serverWith();
        const chunks = [wire.slice(0, from), wire.slice(from, to), wire.slice(to)];
        const data = chunks.flatMap((chunk) => server.receive(chunk)).map((e) => e.type === "binary" && e.data);
        expect(
          data.length === 2 && sameBytes(data[0] || hexBytes(""), first) && sameBytes(data[1] || hexBytes(""), second),
        ).toBe(true);
      }
    }
  });

  it("a masking key of zero is legal, and the example of §5.7 is read as in the RFC [F10]", () => {
    expect(serverWith().receive(hexBytes("81 85 00000000 48656c6c6f"))).toEqual([{ type: "text", data: "Hello" }]);
    expect(serverWith().receive(hexBytes("81 85 37fa213d 7f9f4d5158"))).toEqual([{ type: "text", data: "Hello" }]);
    expect(open("client").receive(hexBytes("81 05 48656c6c6f"))).toEqual([{ type: "text", data: "Hello" }]);
    expect(open("client").receive(hexBytes("01 03 48656c 80 02 6c6f"))).toEqual([{ type: "text", data: "Hello" }]);
    expect(open("client").receive(hexBytes("89 05 48656c6c6f"))).toEqual([
      { type: "ping", payload: hexBytes("48656c6c6f") },
    ]);
  });
});

describe("masking", () => {
  it("a client masks every frame with a new key, which never repeats [F11]", () => {
    const client = clientWith({ fragmentSize: 100 });
    for (let index = 0; index < 5000; index++) client.sendText(`${index}`);
    client.sendBinary(patternBytes(10_000));
    client.sendPing();
    client.sendClose(1000);
    const frames = sent(client);
    expect(frames.every(({ key }) => key !== undefined)).toBe(true);
    expect(new Set(frames.map((frame) => maskingKeyOf(frame))).size).toBe(frames.length);
    expect(frames).toHaveLength(5000 + 100 + 2);
  });

  it("keys come from the injected source, each 32 bits used once, across all connections that share it [F11]", () => {
    const drawn: Uint8Array[] = [];
    const source = countingSource(7);
    const random = (target: Uint8Array<ArrayBuffer>) => {
      source(target);
      drawn.push(target.slice());
    };
    const clients = [clientWith({ random }), clientWith({ random })];
    for (let index = 0; index < 3000; index++) clients[index % 2]?.sendText("x");
    const keys = clients.flatMap((client) => sent(client)).map((frame) => frame.key ?? hexBytes(""));
    const stream = concatBytes(drawn);
    const available = new Set(
      Array.from({ length: stream.length / 4 }, (_, at) => stream.slice(at * 4, at * 4 + 4).join()),
    );
    expect(keys.every((key) => available.has(key.join()))).toBe(true);
    expect(new Set(keys.map((key) => key.join())).size).toBe(3000);
  });

  it("the same message sent twice is masked differently [F11]", () => {
    const client = clientWith();
    const message = prepareText("again");
    client.sendPrepared(message);
    client.sendPrepared(message);
    const [first, second] = sent(client);
    expect(maskingKeyOf(first)).not.toBe(maskingKeyOf(second));
    expect([first?.payload, second?.payload]).toEqual([utf8Bytes("again"), utf8Bytes("again")]);
  });

  it("a source of zeros gives zero keys, and masked frames that look unmasked [F09] [F11]", () => {
    const client = clientWith({
      random: (target) => {
        countingSource()(target);
        target.fill(0, 0, 8);
      },
    });
    client.sendText("Hello");
    client.sendText("");
    expect(concatBytes(client.takeOutput())).toEqual(hexBytes("81 85 00000000 48656c6c6f 81 80 00000000"));
  });

  it("a client without a source throws, and a server masks nothing [F08]", () => {
    expect(() => open("client", { random: undefined })).toThrow("random");
    const server = serverWith();
    server.sendText("a");
    server.sendPing();
    server.sendBinary(patternBytes(100_000));
    server.sendClose();
    expect(sent(server).every(({ key }) => key === undefined)).toBe(true);
  });

  it.each([0, 1, 125, 4096, 4097, 65_536, 65_537, 200_000])(
    "the application's array of %i bytes is never written to, by either role [F12]",
    (length) => {
      for (const role of roles) {
        const connection = open(role);
        const data = patternBytes(length);
        const view = concatBytes([hexBytes("ff"), data, hexBytes("ff")]).subarray(1, 1 + length);
        connection.sendBinary(view);
        connection.sendPrepared(prepareBinary(view));
        const stream = connection.startMessage("binary");
        stream.write(view);
        stream.end();
        while (connection.outputLength > 0) connection.takeOutput(3000);
        expect(sameBytes(view, data)).toBe(true);
      }
    },
  );
});
