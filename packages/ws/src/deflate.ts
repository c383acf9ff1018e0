/** permessage-deflate with the options of `ws`. */
import type { Extension } from "@hybi/core";
import { permessageDeflate, type WindowBits } from "@hybi/permessage-deflate/zlib";
import type { DeflateOptions } from "./options.ts";

/** Bytes from which messages are compressed when no window is kept between them. */
const defaultThreshold = 1024;

const extensions = new WeakMap<object, Extension>();
const byDefault: DeflateOptions = {};

/** Returns the extension for the option `perMessageDeflate`: one for each object of options, whose connections share compressors. */
export function deflateExtensions(option: boolean | DeflateOptions | undefined): readonly Extension[] {
  if (!option) return [];
  const options = typeof option === "object" ? option : byDefault;
  let found = extensions.get(options);
  if (found === undefined) {
    found = createExtension(options);
    extensions.set(options, found);
  }
  return [found];
}

function createExtension(options: DeflateOptions): Extension {
  const { zlibDeflateOptions, serverMaxWindowBits, clientMaxWindowBits } = options;
  return permessageDeflate({
    serverNoContextTakeover: Boolean(options.serverNoContextTakeover),
    clientNoContextTakeover: Boolean(options.clientNoContextTakeover),
    serverMaxWindowBits: windowBits(serverMaxWindowBits),
    // `true`, as `ws` has it, lets the server choose.
    clientMaxWindowBits: windowBits(clientMaxWindowBits),
    level: level(zlibDeflateOptions?.level),
    memoryLevel: numberOr(zlibDeflateOptions?.memLevel),
    // The connection decides for each message, by the threshold of `ws`: see `compression` in outgoing.ts.
    threshold: 0,
  });
}

function windowBits(value: number | string | boolean | null | undefined): WindowBits | undefined {
  return value && value !== true ? (Number(value) as WindowBits) : undefined;
}

/** -1 is the default of zlib. */
function level(value: number | null | undefined): number | undefined {
  return value === -1 ? undefined : numberOr(value);
}

/** Also of text: it may come from the environment. */
function numberOr(value: number | null | undefined): number | undefined {
  return value === undefined || value === null ? undefined : Number(value);
}

/** Returns the smallest message in bytes that is compressed. With a window that is kept, `ws` compresses all of them. */
export function thresholdOf(option: boolean | DeflateOptions | undefined, sendsWithoutTakeover: boolean): number {
  if (!sendsWithoutTakeover) return 0;
  return numberOr(typeof option === "object" ? option.threshold : undefined) ?? defaultThreshold;
}
