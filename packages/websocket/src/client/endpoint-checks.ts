/** Checks of the options that clients and servers have in common. */
import { deadlinesCheck, type OptionCheck, settingChecks, takes } from "@hybi/core/options";
import { binaryTypeOf } from "../dom/message-data.ts";
import { clockCheck } from "../platform/option-checks.ts";

/** Checks of the options that endpoints of both roles have. */
export const endpointChecks: Readonly<Record<EndpointOption, OptionCheck>> = {
  random: settingChecks.random,
  extensions: settingChecks.extensions,
  limits: settingChecks.limits,
  fragmentSize: settingChecks.fragmentSize,
  tolerate: settingChecks.tolerate,
  native: settingChecks.native,
  binaryType: (value) => void binaryTypeOf(value as "blob", "blob"),
  deadlines: deadlinesCheck,
  onError: takes.callback,
  clock: clockCheck,
  writeBudget: takes.atLeast(1),
};

type EndpointOption =
  | "random"
  | "extensions"
  | "limits"
  | "fragmentSize"
  | "tolerate"
  | "native"
  | "binaryType"
  | "deadlines"
  | "onError"
  | "clock"
  | "writeBudget";
