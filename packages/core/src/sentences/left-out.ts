/** Takes the place of `loaded.ts` in the modules for bundlers: no sentence at all. */
import type { suggestOption as loaded } from "./suggestions.ts";

export const suggestOption: (...about: Parameters<typeof loaded>) => string = () => "";
export const usageErrors: Readonly<Partial<Record<string, string>>> = {};
export const violations: Readonly<Partial<Record<string, string>>> = {};
