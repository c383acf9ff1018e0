/** Options of a server and of its opening handshake, and the configuration that they are resolved into. */
import { checkOptions, type OptionChecks, takes } from "../checks/option-checks.ts";
import type { OriginCheck } from "../opening/request.ts";
import { serverAliases } from "../sentences/loaded.ts";
import type { Extension } from "../vocabulary/extension.ts";
import type { Leniency } from "../vocabulary/leniency.ts";
import type { Limits } from "../vocabulary/limits.ts";
import type { NativeFunctions } from "../vocabulary/native-functions.ts";
import { settingChecks } from "../vocabulary/setting-checks.ts";
import { assertNoConfig, ConnectionConfig, type ConnectionOptions } from "./connection-config.ts";

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

/** Options of a server endpoint. All have defaults. */
export interface ServerEndpointOptions extends ServerHandshakeOptions, ConnectionOptions {}

const serverChecks: OptionChecks<ServerEndpointOptions> = { ...settingChecks, checkOrigin: takes.callback };

/**
 * The configuration of a server: its options, checked and with their defaults. Frozen; all endpoints that are created with
 * it share it, so that nothing is checked or copied for each connection.
 *
 * @example
 * const config = ServerConfig.of({ limits: { message: 65_536 } });
 * const endpoint = createServerEndpoint(config);
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
