/**
 * Compressed messages (RFC 7692), by pako and by zlib.
 *
 * The first byte of an input says whether messages are text (bit 0), whether each is compressed on its own (bit 1), and
 * whether they are delivered in parts (bit 2). The rest is frames: a byte with FIN (bit 7) and the length of the payload
 * (bits 0–6), then the payload, cut short if the input ends.
 */
import { type Agreement, Connection, plainAgreement } from "@hybi/core";
import { encodeFrame, opcodes, rsv1Bit } from "@hybi/core/frame";
import { permessageDeflate, portableCodec } from "@hybi/permessage-deflate";
import { zlibCodec } from "@hybi/permessage-deflate/zlib";
import { concat } from "../../bytes.ts";
import { chunks, law, sameLaw, type Target } from "../target.ts";

const isTextBit = 0x01;
const withoutTakeoverBit = 0x02;
const inPartsBit = 0x04;

/** Small enough to be reached. */
const limits = { message: 1000, fragments: 8 } as const;

const pako = permessageDeflate({ codec: portableCodec });
const zlib = permessageDeflate({ codec: zlibCodec });

export const target: Target = {
  maxLength: 260,
  work: { perByte: 1000, fixed: 150_000 },
  seeds: [
    // RFC 7692 §7.2.3: "Hello"; again, with the window; stored; with BFINAL; in two fragments.
    Uint8Array.of(0x01, 0x87, 0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x85, 0xf2, 0x00, 0x11, 0x00, 0x00),
    Uint8Array.of(0x01, 0x8b, 0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00),
    Uint8Array.of(0x03, 0x88, 0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00),
    Uint8Array.of(0x04, 0x03, 0xf2, 0x48, 0xcd, 0x84, 0xc9, 0xc9, 0x07, 0x00),
    // As many zeros as the limit allows, and one more.
    Uint8Array.of(0x02, 0x8b, ...Buffer.from("62601805a360140c770000", "hex")),
    Uint8Array.of(0x02, 0x8b, ...Buffer.from("62601805a360140c7b0000", "hex")),
  ],

  run(bytes: Uint8Array): void {
    const options = bytes[0] ?? 0;
    const stream = framesOf(bytes, (options & isTextBit) === 0 ? opcodes.binary : opcodes.text);
    const outcome = receive(pako, options, [stream.slice()]);
    const same = (other: Outcome, text: string): void => sameButForTheFault(other, outcome, text);
    same(receive(pako, options, chunks(stream, 1)), "byte by byte and in one chunk, by pako");
    same(receive(zlib, options, [stream.slice()]), "in one chunk, by zlib and by pako");
    same(receive(zlib, options, chunks(stream, 1)), "byte by byte by zlib, and in one chunk by pako");
  },
};

/** Returns the frames of an input as on the wire. */
function framesOf(bytes: Uint8Array, kind: number): Uint8Array {
  const frames: Uint8Array[] = [];
  let isFirst = true;
  for (let at = 1; at < bytes.length; ) {
    const header = bytes[at] as number;
    const end = at + 1 + (header & 0x7f);
    const final = (header & 0x80) !== 0;
    const payload = bytes.subarray(at + 1, end);
    const opcode = isFirst ? kind : opcodes.continuation;
    // RFC 7692 §6: the bit is set on the first frame of a message.
    frames.push(encodeFrame({ opcode, payload, final, rsv: isFirst ? rsv1Bit : 0 }));
    isFirst = final;
    at = end;
  }
  return concat(...frames);
}

interface Outcome {
  /** Kind and content in hexadecimal of each complete message. */
  readonly messages: readonly string[];
  readonly failure:
    | { readonly code: string; readonly statusCode: number | undefined; readonly offset: number }
    | undefined;
}

function receive(extension: typeof pako, options: number, parts: readonly Uint8Array[]): Outcome {
  const connection = new Connection(agreementOf(options), {
    random: (bytes) => bytes.fill(7),
    extensions: [extension],
    limits,
    delivery: (options & inPartsBit) === 0 ? "messages" : "pieces",
  });
  const messages: string[] = [];
  let failure: Outcome["failure"];
  let message = Buffer.alloc(0);
  const add = (kind: string, data: Uint8Array, final: boolean): void => {
    message = Buffer.concat([message, data]);
    law(message.length <= limits.message, `a message has ${message.length} bytes`);
    if (!final) return;
    messages.push(`${kind} ${message.toString("hex")}`);
    message = Buffer.alloc(0);
  };
  for (const part of parts) {
    for (const event of connection.receive(part)) {
      law(failure === undefined, `${event.type} came after the failure`);
      if (event.type === "text") add("text", Buffer.from(event.data), true);
      else if (event.type === "binary") add("binary", event.data, true);
      else if (event.type === "piece") add(event.kind, event.data, event.final);
      else if (event.type === "failure") {
        const { code, statusCode, offset } = event.violation;
        failure = { code, statusCode, offset };
      } else law(false, `${event.type} was not sent`);
    }
  }
  // The connection holds a decompressor until its end.
  connection.receiveEnd();
  return { messages, failure };
}

function agreementOf(options: number): Agreement {
  const isAlone = (options & withoutTakeoverBit) !== 0;
  const parameters = isAlone ? ([["server_no_context_takeover", undefined]] as const) : [];
  return { ...plainAgreement("client"), extensions: [{ name: pako.name, parameters }] };
}

/**
 * Checks that both are equal, except for which of two faults in a piece of payload is reported. The output of a piece is
 * checked against the limit before it is checked for UTF-8; and zlib reports the later fault, because node:zlib does not
 * say how much it had output before it failed.
 */
function sameButForTheFault(one: Outcome, other: Outcome, text: string): void {
  const [left, right] = [one.failure?.statusCode, other.failure?.statusCode];
  const isKnown = left !== right && [left, right].sort().join() === "1007,1009";
  const withoutFault = ({ messages, failure }: Outcome): unknown => ({
    messages,
    offset: failure?.offset,
    statusCode: isKnown ? undefined : failure?.statusCode,
  });
  sameLaw(withoutFault(one), withoutFault(other), text);
}
