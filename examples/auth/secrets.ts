/** Secrets that represent a value for a time: sessions, which are used repeatedly, and tickets, which are used once. */
import { randomBytes } from "node:crypto";

export class Secrets<Value> {
  readonly #lifetime: number;
  readonly #now: () => number;
  readonly #values = new Map<string, { readonly value: Value; readonly expiresAt: number }>();

  /** `lifetime` in milliseconds. */
  constructor(lifetime: number, now: () => number = () => performance.now()) {
    this.#lifetime = lifetime;
    this.#now = now;
  }

  /** Returns 256 random bits, so that the time of a look-up reveals nothing; all of its characters fit a token. */
  issue(value: Value): string {
    this.#forgetExpired();
    const secret = randomBytes(32).toString("base64url");
    this.#values.set(secret, { value, expiresAt: this.#now() + this.#lifetime });
    return secret;
  }

  find(secret: string): Value | undefined {
    this.#forgetExpired();
    return this.#values.get(secret)?.value;
  }

  /** Like `find`, for the last time. */
  take(secret: string): Value | undefined {
    const value = this.find(secret);
    this.#values.delete(secret);
    return value;
  }

  /** All have the same lifetime, so the oldest expire first. */
  #forgetExpired(): void {
    for (const [secret, { expiresAt }] of this.#values) {
      if (expiresAt > this.#now()) return;
      this.#values.delete(secret);
    }
  }
}
