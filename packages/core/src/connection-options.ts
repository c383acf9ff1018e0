/** Options of a connection, their resolution, and the transforms of the agreed extensions. */
import { RandomPool } from "./bytes/random-pool.ts";
import type { RandomSource } from "./bytes/random-source.ts";
import { wrongResult } from "./checks/callback-result.ts";
import { Latest } from "./checks/latest.ts";
import { checkOptions, type OptionChecks, takes } from "./checks/option-checks.ts";
import { UsageError } from "./checks/usage-error.ts";
import type { FrameDecoderOptions } from "./frame/frame-decoder.ts";
import type { AssemblerOptions, Delivery } from "./receiving/assembler.ts";
import type { OutputSchedulerOptions } from "./sending/output-scheduler.ts";
import type { Agreement } from "./vocabulary/agreement.ts";
import type { ActiveTransform, Extension } from "./vocabulary/extension.ts";
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
  /** Bytes of the transport before the connection's first byte, so that offsets count from the transport's start. Default 0. */
  readonly offset?: number | undefined;
}

const defaultFragmentSize = 65_536;

const connectionChecks: OptionChecks<ConnectionOptions> = { ...settingChecks, offset: takes.atLeast(0) };

/**
 * Checked options with their defaults, in the forms that the parts of a connection take. All parts reference this one
 * object, which connections with equal options share.
 */
export interface ConnectionSettings extends FrameDecoderOptions, AssemblerOptions, OutputSchedulerOptions {}

const noTransforms: readonly ActiveTransform[] = [];

const shared: Record<Role, Latest<ConnectionSettings>> = { client: new Latest(), server: new Latest() };

/** @throws UsageError `option/range`, `option/random-missing` */
export function resolveOptions(role: Role, options: ConnectionOptions): ConnectionSettings {
  const { fragmentSize = defaultFragmentSize, native = noNativeFunctions, delivery = "messages" } = options;
  settingChecks.fragmentSize(fragmentSize, "fragmentSize");
  if (role === "client" && options.random === undefined) throw new UsageError("option/random-missing");
  return shared[role].like({
    role,
    limits: resolveLimits(options.limits),
    delivery,
    fragmentSize: Math.floor(fragmentSize),
    keys: role === "client" ? RandomPool.of(options.random!) : undefined,
    native,
    unmask: native.unmask,
    tolerateNonMinimalLength: options.tolerate?.includes("non-minimal-length") === true,
    transforms: noTransforms,
    ownedRsv: 0,
  });
}

/**
 * The options of one connection, checked and with their defaults. An endpoint, which has resolved its options before the
 * opening handshake, passes it in place of the options.
 */
export class ConnectionConfig implements ConnectionOptions {
  readonly settings: ConnectionSettings;
  readonly extensions: readonly Extension[];
  readonly offset: number;

  constructor(settings: ConnectionSettings, extensions: readonly Extension[] = [], offset = 0) {
    this.settings = settings;
    this.extensions = extensions;
    this.offset = offset;
  }

  /**
   * Checks and resolves options, unless they are a `ConnectionConfig` already.
   *
   * @throws UsageError `option/unknown`, `option/type`, `option/range`, `option/random-missing`, `option/random`
   */
  static of(role: Role, options: ConnectionOptions): ConnectionConfig {
    if (options instanceof ConnectionConfig) return options;
    checkOptions("a connection", options, connectionChecks, settingAliases);
    const settings = resolveOptions(role, options);
    // Check the random source now, because no opening handshake has drawn a nonce from it.
    settings.keys?.check();
    return new ConnectionConfig(settings, options.extensions, options.offset);
  }
}

/** Returns the settings of a connection whose extensions have `transforms`. */
export function withTransforms(
  settings: ConnectionSettings,
  transforms: readonly ActiveTransform[],
): ConnectionSettings {
  if (transforms.length === 0) return settings;
  return { ...settings, transforms, ownedRsv: transforms.reduce((bits, { rsv }) => bits | rsv, 0) };
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
