/** `@hybi/testing`: fast-check arbitraries and a network simulator, for testing @hybi/core or any other WebSocket stack. */

// Bytes, and how a transport splits them into chunks.
export { bytesText, concat, latin1, pattern, utf8 } from "./bytes/bytes.ts";
export { byteByByte, type Chunking, cut, inOneChunk, isolated, marginsAreWhole } from "./bytes/chunking.ts";
export { sampleAccept, sampleKey, sampleRandom } from "./bytes/sample-random.ts";

// Frames and messages as they appear on the wire.
export { type CloseContent, closePayload } from "./wire/close-content.ts";
export { fragments, type Message, messageFrames } from "./wire/message.ts";
export { type ReadFrame, readFrames } from "./wire/read-frames.ts";

// Arbitraries: legal input, and input that breaks exactly one named rule. Bytes and chunks;
export { chunking } from "./arbitraries/chunking.ts";
export { maskingKey, payload } from "./arbitraries/payload.ts";
export { type IllegalUtf8, illegalUtf8, text } from "./arbitraries/text.ts";
// frames and messages;
export { anyFrame, controlFrame, controlPayload, legalFrame, maskingKeyOf } from "./arbitraries/frames.ts";
export {
  type IllegalFrame,
  type IllegalFrameCode,
  illegalFrame,
  illegalFrameCodes,
} from "./arbitraries/illegal-frames.ts";
export { fragmentation, message } from "./arbitraries/messages.ts";
export { legalStream, type Stream, type StreamOptions } from "./arbitraries/streams.ts";
export { type IllegalStream, illegalStream } from "./arbitraries/illegal-streams.ts";
// Close frames;
export {
  closeContent,
  type IllegalClosePayload,
  illegalClosePayload,
  illegalStatusCode,
  statusCode,
} from "./arbitraries/close.ts";
// opening handshakes;
export { fieldValue, token } from "./arbitraries/fields.ts";
export { requestHead, responseHead } from "./arbitraries/heads.ts";
export { type IllegalHead, illegalRequestHead, illegalResponseHead } from "./arbitraries/illegal-heads.ts";
export {
  type ExtensionList,
  extensionList,
  type IllegalExtensionList,
  illegalExtensionList,
} from "./arbitraries/extension-list.ts";
// application commands, and whole conversations.
export { closeCommand, command, controlCommand, messageCommand } from "./arbitraries/commands.ts";
export {
  type Conversation,
  conversation,
  conversationScript,
  link,
  type Turn,
  turns,
} from "./arbitraries/conversations.ts";
export { script } from "./arbitraries/scripts.ts";
export { runs } from "./arbitraries/runs.ts";

// A simulated network: two parties, a link and a virtual clock,
export { VirtualClock } from "./simulation/clock.ts";
export { Link, type LinkOptions, type LinkReceiver } from "./simulation/link.ts";
export { Party, type PartyOptions, type TimedEvent } from "./simulation/party.ts";
export { type PeerStep, ScriptedPeer } from "./simulation/scripted-peer.ts";
export { Simulation, type SimulationOptions, tell } from "./simulation/simulation.ts";
export type { EventOf, Subject, SubjectEvent } from "./simulation/subject.ts";
// the commands they carry out,
export { type Command, type CommandSubject, peerOf, perform } from "./simulation/command.ts";
export type { Script, Step } from "./simulation/step.ts";
export { type TurningOptions, turningExtension } from "./simulation/turning-extension.ts";
// and the results, which can be replayed.
export { deliver } from "./simulation/deliver.ts";
export { type Cast, replay, simulate } from "./simulation/replay.ts";
export { eventTexts, joinedFragments } from "./simulation/summary.ts";
export { parseTranscript, Transcript } from "./simulation/transcript.ts";

// Commands for fc.modelRun, and a model of the closing handshake.
export { closingCommands } from "./model/closing-commands.ts";
export {
  type ClosingModel,
  closingModel,
  type ModelEnd,
  type ModelEvent,
  type ModelFrame,
} from "./model/closing-model.ts";
export { type ClosingPair, type ClosingSubject, closingSetup } from "./model/closing-pair.ts";
export type { ClosingOptions } from "./model/closing-step.ts";
