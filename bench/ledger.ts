/** The receiving application: reads the length and the first and last unit of each message, or hashes all of it. */
import { createHash, type Hash } from "node:crypto";

export class Ledger {
  count = 0;
  /** Sum of lengths, first and last units. Because it depends on every message, no engine can optimize messages away. */
  sum = 0;
  /** Set to hash contents as well, in the pass that is verified and not timed. */
  hash: Hash | undefined;

  text(data: string): void {
    this.count++;
    const { length } = data;
    this.sum = (this.sum + length + data.charCodeAt(0) + data.charCodeAt(length - 1)) | 0;
    this.hash?.update(`text ${length} `).update(data);
  }

  binary(bytes: Uint8Array, start: number, end: number): void {
    this.count++;
    this.sum = (this.sum + end - start + (bytes[start] as number) + (bytes[end - 1] as number)) | 0;
    this.hash?.update(`binary ${end - start} `).update(bytes.subarray(start, end));
  }

  ping(payload: Uint8Array): void {
    this.count++;
    this.sum = (this.sum + payload.length) | 0;
  }

  clear(): void {
    this.count = 0;
    this.sum = 0;
  }
}

/** Hashes contents while `run` runs; returns the number of messages and the digest. */
export function digestOf(ledger: Ledger, run: () => void): string {
  ledger.clear();
  ledger.hash = createHash("sha1");
  run();
  const digest = `${ledger.count} ${ledger.hash.digest("hex")}`;
  ledger.hash = undefined;
  return digest;
}
