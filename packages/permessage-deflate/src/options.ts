/** Options for compression and its negotiation. Negotiation options are named after the parameters of RFC 7692 §7.1. */
import type { MessageKind } from "@hybi/core";
import { checkOptions, type OptionAliases, type OptionChecks, takes } from "@hybi/core/options";
import type { DeflateCodec, WindowBits } from "./codec.ts";
import { portableCodec } from "./portable/portable-codec.ts";

/** Options of `permessageDeflate`. All are optional. */
export interface PermessageDeflateOptions {
  /**
   * The DEFLATE implementation. Defaults to `portableCodec`; `permessageDeflate` of `@hybi/permessage-deflate/zlib` and of the
   * adapters for Node, Deno and Bun defaults to `zlibCodec`, which is faster.
   */
  readonly codec?: DeflateCodec | undefined;

  /**
   * Whether the server must compress each message independently, which saves memory on both endpoints but compresses less.
   * On a client: requests it. On a server: does it. Defaults to false; a server also does it whenever a client requests it.
   */
  readonly serverNoContextTakeover?: boolean | undefined;
  /**
   * Whether the client must compress each message independently. On a client: does it and announces it. On a server: demands
   * it. Defaults to false; a server also agrees whenever a client offers it.
   */
  readonly clientNoContextTakeover?: boolean | undefined;
  /**
   * Maximum window size of the server's compressor. On a client: requested when less than 15. On a server: used, unless a
   * client requests a smaller one. Defaults to 15.
   */
  readonly serverMaxWindowBits?: WindowBits | undefined;
  /**
   * Maximum window size of the client's compressor. On a client: used and announced. On a server: demanded; offers without
   * `client_max_window_bits`, which do not allow the server to set it, are declined. With `false`, a client does not let the
   * server choose, and a server does not choose. Defaults to 15.
   */
  readonly clientMaxWindowBits?: WindowBits | false | undefined;
  /**
   * Whether a client that requests server parameters also makes a second offer without them, as a fallback (RFC 7692 §5.2).
   * Defaults to false.
   */
  readonly fallback?: boolean | undefined;

  /** Compression level: 0 (store only) to 9 (slowest, smallest output). Defaults to 6. */
  readonly level?: number | undefined;
  /** Memory of the compressor: 1 (least) to 9 (most memory, fastest). Defaults to 8. */
  readonly memoryLevel?: number | undefined;
  /**
   * Minimum length in bytes of messages to compress. Streamed messages of unknown length are always compressed. Defaults to
   * 128 with context takeover, 512 without.
   */
  readonly threshold?: number | undefined;
  /** The kinds of messages to compress. Defaults to both. */
  readonly kinds?: readonly MessageKind[] | undefined;
}

/** Validated options, with defaults applied. */
export interface ResolvedOptions {
  readonly codec: DeflateCodec;
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  readonly serverMaxWindowBits: WindowBits;
  readonly clientMaxWindowBits: WindowBits;
  /** Whether the server may choose the client's window. */
  readonly choosesClientWindow: boolean;
  readonly fallback: boolean;
  readonly level: number;
  readonly memoryLevel: number;
  readonly threshold: number | undefined;
  readonly kinds: readonly MessageKind[];
}

const optionChecks: OptionChecks<PermessageDeflateOptions> = {
  codec: takes.only("a codec, such as portableCodec or zlibCodec", (value) => {
    const { createDeflater, createInflater } = Object(value) as Record<string, unknown>;
    return typeof createDeflater === "function" && typeof createInflater === "function";
  }),
  serverNoContextTakeover: takes.boolean,
  clientNoContextTakeover: takes.boolean,
  serverMaxWindowBits: takes.integer(8, 15),
  clientMaxWindowBits(value, path) {
    if (value !== false) takes.integer(8, 15)(value, path);
  },
  fallback: takes.boolean,
  level: takes.integer(0, 9),
  memoryLevel: takes.integer(1, 9),
  threshold: takes.atLeast(0),
  kinds: takes.list('a list of "text" and "binary"', takes.oneOf("text", "binary")),
};

/** Option names used by other implementations, for hints in error messages. */
const aliases: OptionAliases = {
  memlevel: "memoryLevel",
  zlibdeflateoptions: "level",
  requestnocontexttakeover: "serverNoContextTakeover",
  maxwindowbits: "clientMaxWindowBits",
};

/**
 * Validates the options and applies defaults.
 *
 * @throws UsageError `option/unknown`, `option/type`, `option/range`
 */
export function resolveOptions(
  options: PermessageDeflateOptions,
  defaultCodec: DeflateCodec = portableCodec,
): ResolvedOptions {
  checkOptions("permessageDeflate", options, optionChecks, aliases);
  return {
    codec: options.codec ?? defaultCodec,
    serverNoContextTakeover: options.serverNoContextTakeover ?? false,
    clientNoContextTakeover: options.clientNoContextTakeover ?? false,
    serverMaxWindowBits: options.serverMaxWindowBits ?? 15,
    clientMaxWindowBits: options.clientMaxWindowBits || 15,
    choosesClientWindow: options.clientMaxWindowBits !== false,
    fallback: options.fallback ?? false,
    level: options.level ?? 6,
    memoryLevel: options.memoryLevel ?? 8,
    threshold: options.threshold,
    // A copy: the application may change its list later.
    kinds: [...(options.kinds ?? (["text", "binary"] as const))],
  };
}
