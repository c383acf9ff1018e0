/** Creates the permessage-deflate extension (RFC 7692 §7). */
import { type Extension, type Role, UsageError } from "@hybi/core";
import type { DeflateCodec, Deflater, Inflater, WindowBits } from "./codec.ts";
import { deflaterLength, inflaterLength } from "./held-length.ts";
import { checkResponse, directionsOf, offersOf, respond } from "./negotiation.ts";
import { type PermessageDeflateOptions, resolveOptions } from "./options.ts";
import { formatParameters, parseParameters } from "./parameters.ts";
import { Pool } from "./pool.ts";
import { DeflateTransform, perMessageCompressed } from "./transform.ts";

/** Default thresholds in bytes above which compression pays off: higher when each message starts with an empty window. */
const thresholdWithTakeover = 128;
const thresholdWithoutTakeover = 512;

/**
 * Creates the extension, for either role and any number of connections. Connections without context takeover share
 * compressors.
 *
 * @example
 * const extensions = [permessageDeflate()];
 * const client = Endpoint.client({ url: "ws://localhost/", random, extensions });
 * const server = Endpoint.server({ extensions });
 *
 * @throws UsageError `option/unknown`, `option/type`, `option/range`
 */
export function permessageDeflate(options: PermessageDeflateOptions = {}): Extension {
  return createExtension(options);
}

/** Creates the extension with `defaultCodec`, or the portable one, unless `options` name another. */
export function createExtension(options: PermessageDeflateOptions, defaultCodec?: DeflateCodec): Extension {
  const resolved = resolveOptions(options, defaultCodec);
  const { codec, level, memoryLevel, kinds } = resolved;
  const offers = offersOf(resolved);
  const deflaters = pools<Deflater>((windowBits) => codec.createDeflater({ windowBits, level, memoryLevel }));
  const inflaters = pools<Inflater>((windowBits) => codec.createInflater({ windowBits }));

  return {
    name: "permessage-deflate",
    rsv: perMessageCompressed,
    offers: () => offers.map(formatParameters),
    checkAnswer: (parameters) => checkResponse(parameters, offers),
    answer: (offer) => {
      const response = respond(offer, resolved);
      return response === undefined ? undefined : formatParameters(response);
    },
    createTransform: (role: Role, parameters) => {
      const agreed = parseParameters(parameters, "response");
      if (typeof agreed === "string") throw new UsageError("option/range", `permessage-deflate: ${agreed}.`);
      const { sending, receiving } = directionsOf(agreed, role, resolved);
      return new DeflateTransform({
        deflaters: deflaters(sending.windowBits),
        inflaters: inflaters(receiving.windowBits),
        sendingTakeover: sending.takeover,
        receivingTakeover: receiving.takeover,
        deflaterLength: deflaterLength({ windowBits: sending.windowBits, level, memoryLevel }),
        inflaterLength: inflaterLength({ windowBits: receiving.windowBits }),
        threshold: resolved.threshold ?? (sending.takeover ? thresholdWithTakeover : thresholdWithoutTakeover),
        kinds,
      });
    },
  };
}

/** Returns a function that creates one `Pool` per window size, on demand. */
function pools<Item extends Deflater | Inflater>(
  create: (windowBits: WindowBits) => Item,
): (windowBits: WindowBits) => Pool<Item> {
  const found = new Map<WindowBits, Pool<Item>>();
  return (windowBits) => {
    let pool = found.get(windowBits);
    if (pool === undefined) {
      pool = new Pool(() => create(windowBits));
      found.set(windowBits, pool);
    }
    return pool;
  };
}
