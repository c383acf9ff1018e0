/** `@hybi/testing`: fast-check arbitraries and a network simulator, for testing @hybi/core or any other WebSocket stack. */

// Arbitraries: `arb.text()`, `arb.illegalFrame()`, … and the types of their values.
import * as arb from "./arb.ts";

export { arb };
export type { IllegalUtf8 } from "./arbitraries/text.ts";
export { type IllegalFrame, type IllegalFrameCode, illegalFrameCodes } from "./arbitraries/illegal-frames.ts";
export type { Stream, StreamOptions } from "./arbitraries/streams.ts";
export type { IllegalStream } from "./arbitraries/illegal-streams.ts";
export type { IllegalClosePayload } from "./arbitraries/close.ts";
export type { IllegalHead } from "./arbitraries/illegal-heads.ts";
export type { ExtensionList, IllegalExtensionList } from "./arbitraries/extension-list.ts";
export { type Conversation, conversationScript, type Turn } from "./arbitraries/conversations.ts";
export { scaledRuns } from "./arbitraries/runs.ts";

// A simulated network: two parties, a link and a virtual clock,
export { VirtualClock } from "./simulation/clock.ts";
export { Link, type LinkOptions, type LinkReceiver } from "./simulation/link.ts";
export { Party, type PartyOptions, type TimedEvent } from "./simulation/party.ts";
export { type PeerStep, ScriptedPeer } from "./simulation/scripted-peer.ts";
export { Simulation, type SimulationOptions, withTranscript } from "./simulation/simulation.ts";
export type { EventOf, Subject, SubjectEvent } from "./simulation/subject.ts";
// the commands they carry out,
export { type Command, type CommandSubject, performCommand } from "./simulation/command.ts";
export type { Script, Step } from "./simulation/step.ts";
export { type TurningOptions, turningExtension } from "./simulation/turning-extension.ts";
// and the results, which can be replayed.
export { deliverBytes } from "./simulation/deliver.ts";
export { type Cast, replay, simulate } from "./simulation/replay.ts";
export { formatEvents, formatJoinedEvents } from "./simulation/summary.ts";
export { parseTranscript, Transcript } from "./simulation/transcript.ts";

// A model of the closing handshake, for `arb.closingCommands()` and fc.modelRun.
export {
  type ClosingModel,
  closingModel,
  type ModelEnd,
  type ModelEvent,
  type ModelFrame,
} from "./model/closing-model.ts";
export { type ClosingPair, type ClosingSubject, closingSetup } from "./model/closing-pair.ts";
export type { ClosingOptions } from "./model/closing-step.ts";

// Bytes, frames and heads: all of `@hybi/testing/wire`.
export {
  byteByByte,
  type Chunking,
  type CloseContent,
  closePayload,
  concatBytes,
  cutEvery,
  cutIntoChunks,
  cutIntoFragments,
  describeBytes,
  displaceBytes,
  formatHex,
  frameFrom,
  framesFrom,
  type HeadChanges,
  hasIntactMargins,
  hexBytes,
  inOneChunk,
  isolateBytes,
  latin1Bytes,
  latin1Text,
  type Message,
  messageFrames,
  outlineFrames,
  patternBytes,
  peerRole,
  type ReadFrame,
  readFrames,
  requestText,
  responseText,
  roles,
  sameBytes,
  sampleAccept,
  sampleKey,
  sampleMaskingKey,
  sampleRandom,
  statusCodeIn,
  utf8Bytes,
  type WrittenFrame,
} from "./wire/index.ts";
