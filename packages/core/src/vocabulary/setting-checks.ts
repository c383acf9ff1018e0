/** Option checks shared by an endpoint, its opening handshake and its connection. */

import { type OptionCheck, type OptionChecks, takes } from "../checks/option-checks.ts";
import { extensionsCheck } from "./extension.ts";
import { leniencyCheck } from "./leniency.ts";
import { limitsCheck } from "./limits.ts";
import type { NativeFunctions } from "./native-functions.ts";

type SettingName =
  | "random"
  | "extensions"
  | "limits"
  | "delivery"
  | "fragmentSize"
  | "tolerate"
  | "native"
  | "autoPong"
  | "echoReason";

/** Not beside `NativeFunctions`: what only decodes frames would contain the checks of options. */
const nativeChecks: OptionChecks<NativeFunctions> = {
  isUtf8: takes.callback,
  decodeUtf8: takes.callback,
  decodeAscii: takes.callback,
  encodeUtf8: takes.callback,
  asWritten: takes.callback,
  unmask: takes.callback,
  sha1: takes.callback,
};

/**
 * An opening handshake accepts all options of its connection, although it uses only some of them, so that callers that
 * drive the two separately may pass both the same options.
 */
export const settingChecks: Readonly<Record<SettingName, OptionCheck>> = {
  random: takes.callback,
  extensions: extensionsCheck,
  limits: limitsCheck,
  delivery: takes.oneOf("messages", "pieces"),
  fragmentSize: takes.atLeast(1),
  tolerate: leniencyCheck,
  native: takes.options(nativeChecks),
  autoPong: takes.boolean,
  echoReason: takes.boolean,
};
