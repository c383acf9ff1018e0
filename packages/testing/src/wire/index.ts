/** `@hybi/testing/wire`: bytes, frames and heads for tests, without fast-check. The root exports all of it too. */

// Bytes, and how a transport splits them into chunks.
export {
  concatBytes,
  describeBytes,
  formatHex,
  hexBytes,
  latin1Bytes,
  latin1Text,
  patternBytes,
  sameBytes,
  utf8Bytes,
} from "../bytes/bytes.ts";
export {
  byteByByte,
  type Chunking,
  cutEvery,
  cutIntoChunks,
  displaceBytes,
  hasIntactMargins,
  inOneChunk,
  isolateBytes,
} from "../bytes/chunking.ts";
export { sampleAccept, sampleKey, sampleRandom } from "../bytes/sample-random.ts";
// Frames and messages.
export { type CloseContent, closePayload, statusCodeIn } from "./close-content.ts";
// Opening handshakes.
export { type HeadChanges, requestText, responseText } from "./heads.ts";
export { cutIntoFragments, type Message, messageFrames } from "./message.ts";
export { type ReadFrame, readFrames } from "./read-frames.ts";
export { peerRole, roles } from "./roles.ts";
export { frameFrom, framesFrom, outlineFrames, sampleMaskingKey, type WrittenFrame } from "./written-frame.ts";
