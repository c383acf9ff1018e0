import { UsageError } from "@hybi/core";
import { describe, expect, it } from "vitest";
import { open, parameters } from "../tests/wire.ts";
import type { DeflateCodec } from "./codec.ts";
import { permessageDeflate } from "./permessage-deflate.ts";
import { portableCodec } from "./portable/portable-codec.ts";

/** A codec that records the options it was asked for. */
function noting(): { codec: DeflateCodec; asked: unknown[] } {
  const asked: unknown[] = [];
  const codec: DeflateCodec = {
    createDeflater: (options) => {
      asked.push(options);
      return portableCodec.createDeflater(options);
    },
    createInflater: (options) => {
      asked.push(options);
      return portableCodec.createInflater(options);
    },
  };
  return { codec, asked };
}

describe("permessageDeflate", () => {
  it("is the extension of RFC 7692, and owns RSV1", () => {
    const extension = permessageDeflate();
    expect(extension).toMatchObject({ name: "permessage-deflate", rsv: 0x40 });
    expect(extension.offers()).toEqual([[["client_max_window_bits", undefined]]]);
    expect(extension.checkAnswer([])).toBeUndefined();
    expect(extension.answer([])).toEqual([]);
    expect(extension.answer([["unknown", undefined]])).toBeUndefined();
    expect(() => permessageDeflate({ level: 10 })).toThrow(UsageError);
  });

  it("asks its codec for what was agreed once the first message needs it", () => {
    const { codec, asked } = noting();
    const extension = permessageDeflate({ codec, level: 1, memoryLevel: 2, threshold: 0, serverMaxWindowBits: 11 });
    const connection = open("server", extension, "server_max_window_bits=12; client_max_window_bits=10");
    expect(asked).toEqual([]);
    connection.sendText("Hello");
    connection.takeOutput();
    expect(asked).toEqual([{ windowBits: 11, level: 1, memoryLevel: 2 }]);
  });

  it("shares compressors among connections without context takeover", () => {
    const { codec, asked } = noting();
    const extension = permessageDeflate({ codec, threshold: 0 });
    for (let connections = 0; connections < 10; connections++) {
      const connection = open("server", extension, "server_no_context_takeover");
      connection.sendText("Hello");
      connection.takeOutput();
    }
    expect(asked).toHaveLength(1);
  });

  it("compresses from 128 bytes on, and from 512 without context takeover", () => {
    const extension = permessageDeflate();
    for (const [written, threshold] of [
      ["", 128],
      ["server_no_context_takeover", 512],
    ] as const) {
      const transform = extension.createTransform("server", parameters(written));
      const begin = (length: number) => transform.beginEncode({ kind: "text", length, compress: undefined });
      expect([begin(threshold - 1), begin(threshold)]).toEqual([undefined, 0x40]);
    }
  });
});
