/**
 * Options of endpoints, handshakes and connections, and the configurations that they are resolved into. A configuration is
 * checked once, where its options are passed in, and is shared by all connections that are created with it.
 */
import { RandomPool } from "./bytes/random-pool.ts";
import { drawRandom, type RandomSource } from "./bytes/random-source.ts";
import { wrongResult } from "./checks/callback-result.ts";
import { checkOptions, type OptionAliases, type OptionChecks, takes } from "./checks/option-checks.ts";
import { UsageError } from "./checks/usage-error.ts";
import type { FrameDecoderOptions } from "./frame/frame-decoder.ts";
import {
  checkClientOptions,
  type OpeningOptions,
  type OpeningTarget,
  type OpeningTerms,
  openingChecks,
  openingTarget,
  openingTerms,
} from "./opening/client-request.ts";
import type { OriginCheck } from "./opening/request.ts";
import type { AssemblerOptions, Delivery } from "./receiving/assembler.ts";
import type { OutputSchedulerOptions } from "./sending/output-scheduler.ts";
import type { Agreement } from "./vocabulary/agreement.ts";
import { type ActiveTransform, type Extension, extensionsCheck } from "./vocabulary/extension.ts";
import type { Leniency } from "./vocabulary/leniency.ts";
import { type Limits, resolveLimits } from "./vocabulary/limits.ts";
import { type NativeFunctions, noNativeFunctions } from "./vocabulary/native-functions.ts";
import { settingAliases, settingChecks } from "./vocabulary/setting-checks.ts";
import type { Role } from "./vocabulary/terms.ts";

/** Options of a connection. All have defaults, but a client needs `random`. */
export interface ConnectionOptions {
  /** Source of masking keys. Required for a client (RFC 6455 §5.3, §10.3). */
  readonly random?: RandomSource | undefined;
  /** The extensions that the agreement may name. */
  readonly extensions?: readonly Extension[] | undefined;
  readonly limits?: Partial<Limits> | undefined;
  /** Deliver whole messages, the default, or parts of messages as bytes, as they arrive. */
  readonly delivery?: Delivery | undefined;
  /** Maximum payload of a sent frame in bytes, at least 1; longer messages are sent as fragments. Default 64 KiB. */
  readonly fragmentSize?: number | undefined;
  /** Leniencies to allow; none by default. */
  readonly tolerate?: readonly Leniency[] | undefined;
  /** Functions that the runtime does faster than portable JavaScript. */
  readonly native?: NativeFunctions | undefined;
}

/** Options of `ServerHandshake`. */
export interface ServerHandshakeOptions {
  /** The extensions that the server supports. `accept` can override them. */
  readonly extensions?: readonly Extension[] | undefined;
  /** Restricts the origins that may connect. Defaults to no restriction. See `originCheck`. */
  readonly checkOrigin?: OriginCheck | undefined;
  readonly limits?: Partial<Limits> | undefined;
  readonly tolerate?: readonly Leniency[] | undefined;
  /** Functions of the runtime. Only `sha1` is used, if present. */
  readonly native?: NativeFunctions | undefined;
}

/** Options of `ClientHandshake`. */
export interface ClientHandshakeOptions extends OpeningOptions {
  /** Source of the nonce: 16 fresh bytes per handshake (RFC 6455 §4.1 step 7). */
  readonly random: RandomSource;
  readonly limits?: Partial<Limits> | undefined;
  readonly tolerate?: readonly Leniency[] | undefined;
  /** Functions of the runtime. Only `sha1` is used, if present. */
  readonly native?: NativeFunctions | undefined;
}

/** Options of a server endpoint. All have defaults. */
export interface ServerEndpointOptions extends ServerHandshakeOptions, ConnectionOptions {}

/** Options of a client endpoint. `random` and `url` (or its parts) are required. */
export interface ClientEndpointOptions extends ClientHandshakeOptions, Omit<ConnectionOptions, "random"> {}

/** Options of a client's configuration: all except the target. */
export type ClientConfigOptions = Omit<ClientEndpointOptions, "url" | "authority" | "resourceName" | "secure">;

/** Values of one connection, beside the configuration that it may share with others. */
export interface ConnectionStart {
  /** Bytes of the transport before the connection's first byte, so that offsets count from the transport's start. Default 0. */
  readonly offset?: number | undefined;
  /** The extensions that the agreement may name. Default: those of the options. */
  readonly extensions?: readonly Extension[] | undefined;
}

export const startChecks: OptionChecks<ConnectionStart> = { offset: takes.atLeast(0), extensions: extensionsCheck };

const connectionChecks: OptionChecks<ConnectionOptions> = settingChecks;

const serverChecks: OptionChecks<ServerEndpointOptions> = { ...settingChecks, checkOrigin: takes.callback };

const serverAliases: OptionAliases = { ...settingAliases, verifyclient: "checkOrigin", origins: "checkOrigin" };

const defaultFragmentSize = 65_536;

/**
 * Checked options with their defaults, in the forms that the parts of a connection take. All parts of all connections of
 * a configuration reference this one object.
 */
export interface ConnectionSettings extends FrameDecoderOptions, AssemblerOptions, OutputSchedulerOptions {}

const noTransforms: readonly ActiveTransform[] = [];

/** The common part of `ClientConfig` and `ServerConfig`: what their connections need after the opening handshake. */
export class ConnectionConfig {
  readonly settings: ConnectionSettings;
  readonly extensions: readonly Extension[];
  readonly tolerate: readonly Leniency[];

  /** @throws UsageError `option/random-missing` */
  constructor(role: Role, options: ConnectionOptions) {
    const { random, native = noNativeFunctions, fragmentSize = defaultFragmentSize } = options;
    if (role === "client" && random === undefined) throw new UsageError("option/random-missing");
    // Copies: the application may change its lists later, which must not change what was checked.
    this.extensions = Object.freeze([...(options.extensions ?? [])]);
    this.tolerate = Object.freeze([...(options.tolerate ?? [])]);
    this.settings = Object.freeze({
      role,
      limits: resolveLimits(options.limits),
      delivery: options.delivery ?? "messages",
      fragmentSize: Math.floor(fragmentSize),
      keys: role === "client" ? RandomPool.of(random!) : undefined,
      native,
      unmask: native.unmask,
      tolerateNonMinimalLength: this.tolerate.includes("non-minimal-length"),
      transforms: noTransforms,
      ownedRsv: 0,
    });
  }

  get role(): Role {
    return this.settings.role;
  }

  /** The limits in effect, including defaults. */
  get limits(): Limits {
    return this.settings.limits;
  }
}

/**
 * The configuration of a server: its options, checked and with their defaults. Frozen; all endpoints that are created with
 * it share it, so that nothing is checked or copied for each connection.
 *
 * @example
 * const config = ServerConfig.of({ limits: { message: 65_536 } });
 * const endpoint = Endpoint.server(config);
 */
export class ServerConfig extends ConnectionConfig {
  readonly checkOrigin: OriginCheck | undefined;

  static readonly #defaults = new ServerConfig({});

  private constructor(options: ServerEndpointOptions) {
    super("server", options);
    this.checkOrigin = options.checkOrigin;
    Object.freeze(this);
  }

  /**
   * Checks and resolves options. Returns a configuration as it is.
   *
   * @throws UsageError `option/unknown`, `option/type`, `option/range`
   */
  static of(options?: ServerEndpointOptions | ServerConfig): ServerConfig {
    if (options === undefined) return ServerConfig.#defaults;
    if (options instanceof ServerConfig) return options;
    assertNoConfig("server", options);
    checkOptions("a server", options, serverChecks, serverAliases);
    return new ServerConfig(options);
  }
}

/**
 * The configuration of a client: its options without the target, checked and with their defaults. Frozen; shared like a
 * `ServerConfig`.
 *
 * @example
 * const config = ClientConfig.of({ random, subprotocols: ["chat"] });
 * const endpoint = Endpoint.client(config, "ws://example.com/chat");
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
      throw new UsageError("option/unknown", `A configuration has no ${name}: pass the URL to Endpoint.client.`);
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

/** @throws UsageError `option/type` for a configuration in place of options: it is of the other role */
function assertNoConfig(role: Role, options: unknown): void {
  if (!(options instanceof ConnectionConfig)) return;
  throw new UsageError("option/type", `The configuration is of a ${options.role}, and the endpoint a ${role}.`);
}

/**
 * Returns the configuration of a connection of `role`.
 *
 * @throws UsageError `option/unknown`, `option/type`, `option/range`, `option/random-missing`, `option/random`
 */
export function connectionConfig(role: Role, options: ConnectionOptions | ConnectionConfig): ConnectionConfig {
  if (options instanceof ConnectionConfig) {
    if (options.role === role) return options;
    throw new UsageError("option/type", `The configuration is of a ${options.role}, and the agreement of a ${role}.`);
  }
  checkOptions("a connection", options, connectionChecks, settingAliases);
  const config = Object.freeze(new ConnectionConfig(role, options));
  // Check the random source now, because no opening handshake has drawn a nonce from it.
  config.settings.keys?.check();
  return config;
}

/** Returns the settings of a connection whose extensions have `transforms`. */
export function withTransforms(
  settings: ConnectionSettings,
  transforms: readonly ActiveTransform[],
): ConnectionSettings {
  if (transforms.length === 0) return settings;
  const ownedRsv = transforms.reduce((bits, { rsv }) => bits | rsv, 0);
  return Object.freeze({ ...settings, transforms, ownedRsv });
}

/** Creates a transform for each extension of the agreement, in its order (RFC 6455 §9.1). */
export function createTransforms(agreement: Agreement, extensions: readonly Extension[]): readonly ActiveTransform[] {
  if (agreement.extensions.length === 0) return noTransforms;
  let owned = 0;
  return agreement.extensions.map(({ name, parameters }) => {
    const extension = extensions.find((candidate) => candidate.name === name);
    if (extension === undefined) throw new UsageError("extension/unknown", `It is ${name}.`);
    if ((owned & extension.rsv) !== 0)
      throw new UsageError("extension/rsv-conflict", `The second extension is ${name}.`);
    owned |= extension.rsv;
    const transform = extension.createTransform(agreement.role, parameters);
    if (typeof transform !== "object" || transform === null || "then" in transform) {
      throw wrongResult("createTransform", transform);
    }
    return { transform, rsv: extension.rsv };
  });
}
