/** Options of a client and of its opening handshake, and the configuration that they are resolved into. */
import { drawRandom, type RandomSource } from "../bytes/random-source.ts";
import { UsageError } from "../checks/usage-error.ts";
import {
  checkClientOptions,
  type OpeningOptions,
  type OpeningTarget,
  type OpeningTerms,
  openingChecks,
  openingTarget,
  openingTerms,
} from "../opening/client-request.ts";
import type { Leniency } from "../vocabulary/leniency.ts";
import type { Limits } from "../vocabulary/limits.ts";
import type { NativeFunctions } from "../vocabulary/native-functions.ts";
import { assertNoConfig, ConnectionConfig, type ConnectionOptions } from "./connection-config.ts";

/** Options of `ClientHandshake`. */
export interface ClientHandshakeOptions extends OpeningOptions {
  /** Source of the nonce: 16 fresh bytes per handshake (RFC 6455 §4.1 step 7). */
  readonly random: RandomSource;
  readonly limits?: Partial<Limits> | undefined;
  readonly tolerate?: readonly Leniency[] | undefined;
  /** Functions of the runtime. Only `sha1` is used, if present. */
  readonly native?: NativeFunctions | undefined;
}

/** Options of a client endpoint. `random` and `url` (or its parts) are required. */
export interface ClientEndpointOptions extends ClientHandshakeOptions, Omit<ConnectionOptions, "random"> {}

/** Options of a client's configuration: all except the target. */
export type ClientConfigOptions = Omit<ClientEndpointOptions, "url" | "authority" | "resourceName" | "secure">;

/**
 * The configuration of a client: its options without the target, checked and with their defaults. Frozen; shared like a
 * `ServerConfig`.
 *
 * @example
 * const config = ClientConfig.of({ random, subprotocols: ["chat"] });
 * const endpoint = createClientEndpoint(config, "ws://example.com/chat");
 */
export class ClientConfig extends ConnectionConfig {
  readonly random: RandomSource;
  /** The part of the opening request that does not depend on the target. */
  readonly terms: OpeningTerms;

  private constructor(options: ClientConfigOptions) {
    super("client", options);
    this.random = options.random;
    this.terms = openingTerms(options);
    Object.freeze(this);
  }

  /**
   * Checks and resolves options. Returns a configuration as it is.
   *
   * @throws UsageError `option/unknown`, `option/type`, `option/range`, `option/random-missing`, `option/random`, and for
   * values that cannot be sent
   */
  static of(options: ClientConfigOptions | ClientConfig): ClientConfig {
    if (options instanceof ClientConfig) return options;
    assertNoConfig("client", options);
    checkClientOptions(options);
    for (const name of ["url", "authority", "resourceName", "secure"] as const) {
      if ((options as ClientEndpointOptions)[name] === undefined) continue;
      throw new UsageError("option/unknown", `A configuration has no ${name}: pass the URL beside it.`);
    }
    const config = new ClientConfig(options);
    // Check the random source now, as little as a nonce takes: the pool of masking keys is not needed yet.
    drawRandom(config.random, new Uint8Array(16));
    return config;
  }

  /** Returns the configuration and the target of options that contain both, or of a configuration and a URL. */
  static withTarget(
    options: ClientEndpointOptions | ClientHandshakeOptions | ClientConfig,
    url?: string | OpeningTarget,
  ): { readonly config: ClientConfig; readonly target: OpeningTarget } {
    if (options instanceof ClientConfig) {
      if (url !== undefined) openingChecks.url(url, "url");
      return { config: options, target: openingTarget({ url }) };
    }
    assertNoConfig("client", options);
    checkClientOptions(options);
    if (url !== undefined)
      throw new UsageError("option/unknown", "Pass the URL in the options, or beside a configuration.");
    return { config: new ClientConfig(options), target: openingTarget(options) };
  }
}
