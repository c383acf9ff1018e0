/** How an endpoint wants to compress, and what it agrees to. The names of the parameters are those of RFC 7692 §7.1. */
import { checkOptions, type MessageKind, type OptionAliases, type OptionChecks, takes } from "@hybi/core";
import type { DeflateCodec, WindowBits } from "./codec.ts";
import { portableCodec } from "./portable/portable-codec.ts";

/** Options of `permessageDeflate`; all have defaults. */
export interface PermessageDeflateOptions {
  /** The implementation of DEFLATE. `portableCodec`; on Node, Deno and Bun `zlibCodec` is faster. */
  readonly codec?: DeflateCodec | undefined;

  /**
   * Whether the server is to compress each message by itself, which saves both endpoints memory and costs compression.
   * A client asks for it; a server does it. False; a server does it whenever it is asked.
   */
  readonly serverNoContextTakeover?: boolean | undefined;
  /**
   * Whether the client is to compress each message by itself. A client does it, and says so; a server demands it. False;
   * a server agrees when the client offers it.
   */
  readonly clientNoContextTakeover?: boolean | undefined;
  /**
   * The greatest window with which the server is to compress. A client asks for it when it is less than 15; a server
   * uses it, or a smaller one when it is asked to. 15.
   */
  readonly serverMaxWindowBits?: WindowBits | undefined;
  /**
   * The greatest window with which the client is to compress. A client uses it, and says so; a server demands it, and
   * declines the offers of a client that cannot be told. False: a client does not let the server choose, and a server
   * does not choose. 15.
   */
  readonly clientMaxWindowBits?: WindowBits | false | undefined;
  /**
   * Whether a client that asks for something of the server offers the same without it as its second choice
   * (RFC 7692 §5.2). False.
   */
  readonly fallback?: boolean | undefined;

  /** Of the compressor: 0 (store only) to 9 (slowest, smallest). 6. */
  readonly level?: number | undefined;
  /** Of the compressor: 1 (least) to 9 (most memory, fastest). 8. */
  readonly memoryLevel?: number | undefined;
  /**
   * Bytes that a message must have to be compressed; streamed messages, whose length is not known, always have them. 128
   * where the window is kept from message to message, and 512 where it is not.
   */
  readonly threshold?: number | undefined;
  /** The messages to compress. Both kinds. */
  readonly kinds?: readonly MessageKind[] | undefined;
}

/** Options that were checked, with their defaults. */
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

/** What other implementations call them. */
const aliases: OptionAliases = {
  memlevel: "memoryLevel",
  zlibdeflateoptions: "level",
  requestnocontexttakeover: "serverNoContextTakeover",
  maxwindowbits: "clientMaxWindowBits",
};

/** @throws UsageError `option/unknown`, `option/type`, `option/range` */
export function resolveOptions(options: PermessageDeflateOptions): ResolvedOptions {
  checkOptions("permessageDeflate", options, optionChecks, aliases);
  return {
    codec: options.codec ?? portableCodec,
    serverNoContextTakeover: options.serverNoContextTakeover ?? false,
    clientNoContextTakeover: options.clientNoContextTakeover ?? false,
    serverMaxWindowBits: options.serverMaxWindowBits ?? 15,
    clientMaxWindowBits: options.clientMaxWindowBits || 15,
    choosesClientWindow: options.clientMaxWindowBits !== false,
    fallback: options.fallback ?? false,
    level: options.level ?? 6,
    memoryLevel: options.memoryLevel ?? 8,
    threshold: options.threshold,
    kinds: options.kinds ?? ["text", "binary"],
  };
}
