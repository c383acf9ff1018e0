/** `@hybi/testing`: arbitraries of fast-check and a simulator, for those who test a WebSocket stack, ours or their own. */

// Bytes, and how a transport cuts them.
export { bytesText, concat, latin1, pattern, utf8 } from "./bytes/bytes.ts";
export { byteByByte, type Chunking, cut, inOneChunk, isolated, marginsAreWhole } from "./bytes/chunking.ts";
export { sampleAccept, sampleKey, sampleRandom } from "./bytes/sample-random.ts";

// What stands on the wire.
export { type CloseContent, closePayload } from "./wire/close-content.ts";
export { fragments, type Message, messageFrames } from "./wire/message.ts";

// Arbitraries.
export { chunking } from "./arbitraries/chunking.ts";
export { maskingKey, payload } from "./arbitraries/payload.ts";
export { type BrokenUtf8, brokenUtf8, text } from "./arbitraries/text.ts";
export {
  type BrokenClosePayload,
  brokenClosePayload,
  closeContent,
  unsendableStatusCode,
} from "./arbitraries/close.ts";
export {
  anyFrame,
  controlFrame,
  controlPayload,
  type IllegalFrame,
  illegalFrame,
  keyOf,
} from "./arbitraries/frames.ts";
export {
  fragmentation,
  type IllegalStream,
  illegalStream,
  legalStream,
  message,
  type Stream,
  type StreamOptions,
} from "./arbitraries/streams.ts";
export {
  type BrokenHead,
  brokenRequestHead,
  fieldValue,
  requestHead,
  responseHead,
  token,
} from "./arbitraries/heads.ts";
export { closeCommand, command, controlCommand, messageCommand } from "./arbitraries/commands.ts";
export { link, type Turn, turns } from "./arbitraries/conversations.ts";

// A network of numbers.
export { VirtualClock } from "./simulation/clock.ts";
export { type Command, peerOf, perform } from "./simulation/command.ts";
export { Link, type LinkOptions, type LinkReceiver } from "./simulation/link.ts";
export { ScriptedPeer } from "./simulation/scripted-peer.ts";
export { type Actor, Party, type PartyOptions, Simulation, tell, type TimedEvent } from "./simulation/simulation.ts";
export { eventTexts, joinedFragments } from "./simulation/summary.ts";
export { Transcript } from "./simulation/transcript.ts";
export { type TurningOptions, turningExtension } from "./simulation/turning-extension.ts";
