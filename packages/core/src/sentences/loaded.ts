/**
 * The sentences that errors carry as their messages, and suggestions of names. They are a third of what a small bundle weighs, so the modules that are built
 * for bundlers have `left-out.ts` in place of this one (`tooling/tsup.ts`): there a program imports `@hybi/core/explain` when it
 * wants them.
 */
export { suggestOption } from "./suggestions.ts";
export { usageErrorSentences as usageErrors } from "./usage-errors.ts";
export { violationSentences as violations } from "./violations.ts";
