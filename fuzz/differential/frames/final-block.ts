/** Whether the compressed messages of a stream contain a block with BFINAL, determined by zlib and not by our own codecs. */
import { constants, inflateRawSync } from "node:zlib";
import { type DeflateCodec, permessageDeflate, portableCodec } from "@hybi/permessage-deflate";
import type { Disagreement } from "../peer.ts";

const tail = Uint8Array.of(0x00, 0x00, 0xff, 0xff);

export function holdsFinalBlock({ stream, reread }: Disagreement): boolean {
  if (!stream.deflate) return false;
  const pushed: Uint8Array[] = [];
  reread(stream, { extensions: [permessageDeflate({ codec: recordingCodec(pushed) })] });
  const compressed = Buffer.concat(pushed);
  try {
    // The window is that of the connection, so all messages form one stream; zlib stops after the block in question.
    const options = { finishFlush: constants.Z_SYNC_FLUSH, info: true } as const;
    const { engine } = inflateRawSync(compressed, options) as unknown as { engine: { bytesWritten: number } };
    return engine.bytesWritten < compressed.length;
  } catch {
    return false;
  }
}

/** Returns a codec that records its input, including the octets appended to each message (RFC 7692 §7.2.2). */
function recordingCodec(pushed: Uint8Array[]): DeflateCodec {
  return {
    createDeflater: portableCodec.createDeflater,
    createInflater: (options) => {
      const inflater = portableCodec.createInflater(options);
      return {
        push: (bytes, start, end, sink) => {
          pushed.push(bytes.slice(start, end));
          return inflater.push(bytes, start, end, sink);
        },
        finish: () => {
          pushed.push(tail);
          return inflater.finish();
        },
        reset: () => inflater.reset(),
        close: () => inflater.close(),
      };
    },
  };
}
