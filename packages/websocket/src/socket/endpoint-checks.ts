/** Checks of the options that clients and servers have in common. */
import { deadlinesCheck, type OptionCheck, settingChecks, takes } from "@hybi/core/options";
import { binaryTypeOf } from "../dom/message-data.ts";

/** Checks of the options that endpoints of both roles have. */
export const endpointChecks: Readonly<Record<EndpointOption, OptionCheck>> = {
  extensions: settingChecks.extensions,
  limits: settingChecks.limits,
  tolerate: settingChecks.tolerate,
  autoPong: settingChecks.autoPong,
  echoReason: settingChecks.echoReason,
  textType: takes.oneOf("string", "bytes"),
  binaryType: (value) => void binaryTypeOf(value as "blob", "blob"),
  deadlines: deadlinesCheck,
  onError: takes.callback,
};

type EndpointOption =
  | "extensions"
  | "limits"
  | "tolerate"
  | "autoPong"
  | "echoReason"
  | "textType"
  | "binaryType"
  | "deadlines"
  | "onError";
