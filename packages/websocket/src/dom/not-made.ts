/**
 * Takes the place of the three modules `made-….ts` in bundles for pages and Workers (the field `browser` of `package.json`): whatever
 * runs there and understands our syntax has the classes of the web platform. React Native, which takes that field as well, gets the
 * joined file of this package (the condition `react-native`).
 */

// made-events.ts
export const MadeEvent: undefined = undefined;
export const MadeEventTarget: undefined = undefined;
export const makeMessageEvent: undefined = undefined;

// made-dom-exception.ts
export const MadeDomException: undefined = undefined;

// made-abort-controller.ts
export const makeAbortController: undefined = undefined;
