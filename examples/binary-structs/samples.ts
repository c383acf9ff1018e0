/**
 * A message of samples, as bytes that a typed array can view: nothing is parsed, and nothing is copied.
 *
 *     offset  size       what
 *          0  2          0x4253, to detect other messages
 *          2  1          version, 1
 *          3  1          channel
 *          4  4          count, unsigned
 *          8  8          milliseconds since the epoch of the first sample, float64
 *         16  8 × count  values, float64
 *
 * All little-endian. The header has 16 bytes so that the values are aligned to their size, as a Float64Array requires. A
 * socket whose `binaryType` is "arraybuffer", like that of an accepted one, gives each message an ArrayBuffer of its own,
 * from offset 0. (The Uint8Array of an event of core may have any offset: `slice()` aligns it.)
 */

const magic = 0x4253;
const version = 1;
const headerLength = 16;

export interface Samples {
  readonly channel: number;
  readonly startedAt: number;
  /** A view of the buffer of the message. */
  readonly values: Float64Array;
}

// A typed array has the byte order of the machine. Every machine that runs JavaScript today is little-endian; check it.
if (new Uint8Array(Uint16Array.of(1).buffer)[0] !== 1) throw new Error("This machine is big-endian: use a DataView.");

/** Returns the bytes of one message. */
export function encodeSamples({ channel, startedAt, values }: Samples): ArrayBuffer {
  const buffer = new ArrayBuffer(headerLength + values.byteLength);
  const header = new DataView(buffer);
  header.setUint16(0, magic, true);
  header.setUint8(2, version);
  header.setUint8(3, channel);
  header.setUint32(4, values.length, true);
  header.setFloat64(8, startedAt, true);
  new Float64Array(buffer, headerLength).set(values);
  return buffer;
}

/** Returns the samples in `buffer`, as a view of it; undefined if it contains something else. */
export function decodeSamples(buffer: ArrayBuffer): Samples | undefined {
  if (buffer.byteLength < headerLength) return undefined;
  const header = new DataView(buffer);
  if (header.getUint16(0, true) !== magic || header.getUint8(2) !== version) return undefined;
  const count = header.getUint32(4, true);
  // Check the count, because it comes from the peer.
  if (buffer.byteLength !== headerLength + count * Float64Array.BYTES_PER_ELEMENT) return undefined;
  return {
    channel: header.getUint8(3),
    startedAt: header.getFloat64(8, true),
    values: new Float64Array(buffer, headerLength, count),
  };
}
