/** Counts complete messages in a stream of well-formed frames, without reading their payloads. */

const longestHeader = 14;

export class MessageCounter {
  /** A header cut between chunks. */
  readonly #header = new Uint8Array(longestHeader);
  #headerLength = 0;
  /** Payload bytes still to come, and whether a message ends with them. */
  #left = 0;
  #isLast = false;

  /** Returns how many messages end in `bytes[0, end)`. */
  count(bytes: Uint8Array, end: number): number {
    let messages = 0;
    let at = 0;
    while (at < end) {
      if (this.#left > 0) {
        const step = Math.min(this.#left, end - at);
        this.#left -= step;
        at += step;
        if (this.#left === 0 && this.#isLast) messages++;
        continue;
      }
      this.#header[this.#headerLength++] = bytes[at++] as number;
      if (this.#headerLength < 2 || this.#headerLength < headerLength(this.#header[1] as number)) continue;
      this.#left = payloadLength(this.#header);
      this.#isLast = (this.#header[0] as number) >= 0x80;
      this.#headerLength = 0;
      if (this.#left === 0 && this.#isLast) messages++;
    }
    return messages;
  }
}

function headerLength(secondByte: number): number {
  const length = secondByte & 0x7f;
  return 2 + (length < 126 ? 0 : length === 126 ? 2 : 8) + (secondByte >= 0x80 ? 4 : 0);
}

function payloadLength(header: Uint8Array): number {
  const length = (header[1] as number) & 0x7f;
  if (length < 126) return length;
  const view = new DataView(header.buffer);
  return length === 126 ? view.getUint16(2) : Number(view.getBigUint64(2));
}
