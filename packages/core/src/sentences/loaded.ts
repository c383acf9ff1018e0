/**
 * The sentences that errors carry as their messages, and suggestions of names. They are a third of what a small bundle weighs, so
 * bundles for browsers and Workers get `left-out.ts` in place of this module (the field `browser` of `package.json`): there a program
 * imports `@hybi/core/explain` when it wants them.
 */
export {
  answerAliases,
  backoffAliases,
  clientAliases,
  deadlineAliases,
  limitAliases,
  proxyAliases,
  serverAliases,
  settingAliases,
} from "./other-names.ts";
export { type OptionAliases, suggestOption } from "./suggestions.ts";
export { usageErrorSentences as usageErrors } from "./usage-errors.ts";
export { violationSentences as violations } from "./violations.ts";
