/** What the receiving code does with a message: it looks at the length, the first and the last unit; or hashes it all. */
import { createHash, type Hash } from "node:crypto";

export class Ledger {
  count = 0;
  /** Of lengths, first and last units: no engine can leave out making a message that it depends on. */
  sum = 0;
  /** Set to hash contents too, for the pass that is verified and not timed. */
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

/** Hashes contents while `run` runs; the digest, with the number of messages. */
export function digestOf(ledger: Ledger, run: () => void): string {
  ledger.clear();
  ledger.hash = createHash("sha1");
  run();
  const digest = `${ledger.count} ${ledger.hash.digest("hex")}`;
  ledger.hash = undefined;
  return digest;
}
