/** Takes the place of `loaded.ts` in the modules for bundlers: no sentence at all. */

export const usageErrors: Readonly<Partial<Record<string, string>>> = {};
export const violations: Readonly<Partial<Record<string, string>>> = {};
