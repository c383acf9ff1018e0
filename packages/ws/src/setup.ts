/** What a connection has of core for the options of `ws`: limits, deadlines, keys. */
import type { Buffer } from "node:buffer";
import { randomFillSync } from "node:crypto";
import {
  ClientConfig,
  DeadlineConfig,
  type Extension,
  type NativeFunctions,
  type RandomSource,
  ServerConfig,
} from "@hybi/core";
import { nodeFunctions } from "@hybi/node";
import { bufferOver } from "./data.ts";
import type { ClientOptionsFor, ConnectionOptions, DeflateOptions } from "./options.ts";

/** What a connection needs that is the same for all of a server. */
export interface ConnectionSetup {
  readonly config: ServerConfig | ClientConfig;
  readonly deadlines: DeadlineConfig;
  readonly options: ConnectionOptions & { readonly perMessageDeflate?: boolean | DeflateOptions | undefined };
}

const defaultMaxPayload = 104_857_600;
const defaultCloseTimeout = 30_000;

/** A short text is mostly ASCII, which a loop finds in less time than a call of the runtime takes. */
export const functions: NativeFunctions = {
  ...nodeFunctions,
  isUtf8(bytes, start, end) {
    if (end - start <= longestLooked) {
      let at = start;
      while (at < end && bytes[at]! < 0x80) at++;
      if (at === end) return true;
    }
    return nodeFunctions.isUtf8!(bytes, start, end);
  },
};

const longestLooked = 128;

/** Options of core for those that clients and servers have in common. */
function connectionOptions(
  { maxPayload = defaultMaxPayload, maxFragments = 131_072, autoPong = true }: ConnectionOptions,
  extensions: readonly Extension[],
): {
  readonly extensions: readonly Extension[];
  readonly autoPong: boolean;
  readonly echoReason: true;
  readonly native: NativeFunctions;
  readonly fragmentSize: number;
  readonly limits: { readonly message: number; readonly fragments: number; readonly queuedOutput: number };
} {
  return {
    extensions,
    autoPong: Boolean(autoPong),
    echoReason: true,
    native: functions,
    // `ws` sends each message as one frame, and some of its peers expect it. Compressed ones are cut all the same.
    fragmentSize: Number.MAX_SAFE_INTEGER,
    limits: {
      message: orUnlimited(maxPayload),
      fragments: orUnlimited(maxFragments),
      queuedOutput: Number.POSITIVE_INFINITY,
    },
  };
}

/** 0 is no limit. */
function orUnlimited(limit: number): number {
  // Also as text: it may come from the environment.
  const whole = Math.trunc(Number(limit));
  return whole > 0 ? whole : Number.POSITIVE_INFINITY;
}

/** `ws` has one deadline; whoever needs more sends Pings. */
function deadlinesOf({ closeTimeout = defaultCloseTimeout }: ConnectionOptions): DeadlineConfig {
  const never = Number.POSITIVE_INFINITY;
  return DeadlineConfig.of({
    // As setTimeout has it: what is no duration is a short one.
    closing: Math.max(Number(closeTimeout) || 0, 1),
    ...{ opening: never, ping: never, pong: never, stalled: never, message: never, resting: never, idle: never },
    controlFrames: never,
  });
}

const random: RandomSource = (target) => {
  randomFillSync(target);
};

/** What the connection of a client has. */
export function clientSetup(options: ClientOptionsFor<never>, extensions: readonly Extension[]): ConnectionSetup {
  const { generateMask } = options;
  const source: RandomSource = typeof generateMask !== "function" ? random : maskSource(generateMask);
  const config = ClientConfig.of({ random: source, ...connectionOptions(options, extensions) });
  return { config, deadlines: deadlinesOf(options), options: { perMessageDeflate: true, ...options } };
}

const maskSources = new WeakMap<object, RandomSource>();

/** Keys are drawn in advance, four bytes each. */
function maskSource(generateMask: (mask: Buffer) => void): RandomSource {
  let source = maskSources.get(generateMask);
  if (source === undefined) {
    source = (target) => {
      for (let at = 0; at + 4 <= target.length; at += 4) generateMask(bufferOver(target, at, at + 4));
    };
    maskSources.set(generateMask, source);
  }
  return source;
}

/** What all connections of a server share. */
export function serverSetup(
  options: ConnectionSetup["options"],
  extensions: readonly Extension[],
): ConnectionSetup & { readonly config: ServerConfig } {
  const config = ServerConfig.of(connectionOptions(options, extensions));
  return { config, deadlines: deadlinesOf(options), options };
}
