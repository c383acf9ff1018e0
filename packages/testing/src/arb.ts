/**
 * The arbitraries, exported as the namespace `arb`: `arb.text()`, `arb.illegalFrame()`. They generate legal input, and
 * input that breaks exactly one named rule.
 */

// Bytes and chunks.
export { chunking } from "./arbitraries/chunking.ts";
// Close frames.
export { closeContent, illegalClosePayload, illegalStatusCode, statusCode } from "./arbitraries/close.ts";
// Commands of applications, and whole conversations.
export { closeCommand, command, controlCommand, messageCommand } from "./arbitraries/commands.ts";
export { conversation, link, turns } from "./arbitraries/conversations.ts";
export { extensionList, illegalExtensionList } from "./arbitraries/extension-list.ts";
// Opening handshakes.
export { fieldValue, token } from "./arbitraries/fields.ts";
// Frames and messages.
export { anyFrame, controlFrame, controlPayload, legalFrame, maskingKeyOf } from "./arbitraries/frames.ts";
export { requestHead, responseHead } from "./arbitraries/heads.ts";
export { illegalFrame } from "./arbitraries/illegal-frames.ts";
export { illegalRequestHead, illegalResponseHead } from "./arbitraries/illegal-heads.ts";
export { illegalStream } from "./arbitraries/illegal-streams.ts";
export { fragmentation, message } from "./arbitraries/messages.ts";
export { maskingKey, payload } from "./arbitraries/payload.ts";
export { script } from "./arbitraries/scripts.ts";
export { legalStream } from "./arbitraries/streams.ts";
export { illegalUtf8, text } from "./arbitraries/text.ts";
export { closingCommands } from "./model/closing-commands.ts";
