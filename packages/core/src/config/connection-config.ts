/**
 * Options of a connection, and the configuration that they are resolved into. A configuration is checked once, where its options are
 * passed in, and is shared by all connections that are created with it. What a role adds for its opening handshake is in
 * `client-config.ts` and `server-config.ts`, so that neither role brings the other along.
 */
import { RandomPool } from "../bytes/random-pool.ts";
import type { RandomSource } from "../bytes/random-source.ts";
import { noObject, wrongResult } from "../checks/callback-result.ts";
import { checkOptions, type OptionChecks, takes } from "../checks/option-checks.ts";
import { UsageError } from "../checks/usage-error.ts";
import type { FrameDecoderOptions } from "../frame/frame-decoder.ts";
import type { AssemblerOptions, Delivery } from "../receiving/assembler.ts";
import type { OutputSchedulerOptions } from "../sending/output-scheduler.ts";
import { settingAliases } from "../sentences/loaded.ts";
import type { Agreement } from "../vocabulary/agreement.ts";
import { type ActiveTransform, type Extension, extensionsCheck } from "../vocabulary/extension.ts";
import type { Leniency } from "../vocabulary/leniency.ts";
import { type Limits, resolveLimits } from "../vocabulary/limits.ts";
import { type NativeFunctions, noNativeFunctions } from "../vocabulary/native-functions.ts";
import { settingChecks } from "../vocabulary/setting-checks.ts";
import type { Role } from "../vocabulary/terms.ts";

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
  /**
   * Whether Pings are answered by the connection itself, as RFC 6455 §5.5.2 demands of an endpoint. Default true. With false that is left
   * to the application: it answers a `ping` event with `sendPong` and the same payload, as soon as is practical.
   */
  readonly autoPong?: boolean | undefined;
  /**
   * Whether the reply to a Close frame has the reason of that frame beside its status code. Default false: RFC 6455 §5.5.1 speaks of the
   * code alone.
   */
  readonly echoReason?: boolean | undefined;
  /** Functions that the runtime does faster than portable JavaScript. */
  readonly native?: NativeFunctions | undefined;
}

/** Values of one connection, beside the configuration that it may share with others. */
export interface ConnectionStart {
  /** Bytes of the transport before the connection's first byte, so that offsets count from the transport's start. Default 0. */
  readonly offset?: number | undefined;
  /** The extensions that the agreement may name. Default: those of the options. */
  readonly extensions?: readonly Extension[] | undefined;
}

export const startChecks: OptionChecks<ConnectionStart> = { offset: takes.atLeast(0), extensions: extensionsCheck };

const connectionChecks: OptionChecks<ConnectionOptions> = settingChecks;

const defaultFragmentSize = 65_536;

/**
 * Checked options with their defaults, in the forms that the parts of a connection take. All parts of all connections of
 * a configuration reference this one object.
 */
export interface ConnectionSettings extends FrameDecoderOptions, AssemblerOptions, OutputSchedulerOptions {
  readonly autoPong: boolean;
  readonly echoReason: boolean;
}

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
      autoPong: options.autoPong !== false,
      echoReason: options.echoReason === true,
      keys: role === "client" ? RandomPool.of(random!) : undefined,
      native,
      unmask: checkedUnmask(native),
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

/** Returns the function with a check that it returns nothing. Frames without a connection do without the check. */
function checkedUnmask({ unmask }: NativeFunctions): NativeFunctions["unmask"] {
  return unmask && ((bytes, start, end, key) => noObject("unmask", unmask(bytes, start, end, key)));
}

/** @throws UsageError `option/type` for a configuration in place of options: it is of the other role */
export function assertNoConfig(role: Role, options: unknown): void {
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
