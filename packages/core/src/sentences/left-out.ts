/** Takes the place of `loaded.ts` in the modules for bundlers: no sentence at all, and no names to suggest. */
import type { suggestOption as loaded, OptionAliases } from "./suggestions.ts";

export const suggestOption: (...about: Parameters<typeof loaded>) => string = () => "";
export const usageErrors: Readonly<Partial<Record<string, string>>> = {};
export const violations: Readonly<Partial<Record<string, string>>> = {};

const none: OptionAliases = {};

export {
  none as answerAliases,
  none as backoffAliases,
  none as clientAliases,
  none as deadlineAliases,
  none as limitAliases,
  none as proxyAliases,
  none as serverAliases,
  none as settingAliases,
};
