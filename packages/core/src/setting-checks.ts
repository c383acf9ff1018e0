/** The checks of the options that an endpoint, its opening handshake and its connection have in common. */
import { extensionsCheck } from "./extension.ts";
import { hostCheck } from "./host.ts";
import { leniencyCheck } from "./leniency.ts";
import { limitsCheck } from "./limits.ts";
import { type OptionAliases, type OptionCheck, takes } from "./options.ts";

type SettingName = "random" | "extensions" | "limits" | "delivery" | "fragmentSize" | "tolerate" | "host";

/**
 * An opening handshake takes what its connection takes, although it uses only some of it: who drives the two by themselves
 * may give both the same options.
 */
export const settingChecks: Readonly<Record<SettingName, OptionCheck>> = {
  random: takes.callback,
  extensions: extensionsCheck,
  limits: limitsCheck,
  delivery: takes.oneOf("messages", "fragments"),
  fragmentSize: takes.atLeast(1),
  tolerate: leniencyCheck,
  host: hostCheck,
};

/** What other implementations call them. */
export const settingAliases: OptionAliases = {
  maxpayload: "limits: { message: … }",
  maxpayloadlength: "limits: { message: … }",
  maxmessagesize: "limits: { message: … }",
  permessagedeflate: "extensions: [permessageDeflate()]",
  compression: "extensions: [permessageDeflate()]",
};
