/**
 * `@hybi/core/options`: checks of options, for packages above core whose options include those of core. Programs that only pass
 * options need nothing from here: they are checked where they are passed.
 */

// Checks in general.
export {
  checkOptions,
  type OptionCheck,
  type OptionChecks,
  type Takes,
  takes,
} from "./checks/option-checks.ts";
export { checkDuration } from "./checks/duration.ts";

// The checks of core's own options.
export { settingChecks } from "./vocabulary/setting-checks.ts";
export { openingChecks } from "./opening/client-request.ts";
export { answerChecks } from "./opening/response.ts";
export { rejectionChecks } from "./opening/rejection.ts";
export { checkSendOptions, sendChecks } from "./sending/output-scheduler.ts";
export { checkPrepared, isPrepared } from "./sending/prepared-message.ts";
export { deadlinesCheck } from "./time/deadlines.ts";
export { backoffChecks } from "./policy/backoff.ts";

// What other implementations call them.
export { answerAliases, backoffAliases, type OptionAliases, settingAliases } from "./sentences/loaded.ts";
