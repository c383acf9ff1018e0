/** Takes the place of `other-names.ts` in bundles for browsers and Workers: no names to suggest. */
import type { OptionAliases } from "@hybi/core/options";

const none: OptionAliases = {};
const aliases = (_runtime?: object): OptionAliases => none;

export { aliases as clientAliases, aliases as reconnectAliases, aliases as sendAliases, aliases as serverAliases };
