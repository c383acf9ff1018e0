/** `@hybi/testing/wire`: bytes, chunks and frames for tests, without fast-check. The root exports all of it too. */

export { concatBytes, describeBytes, latin1Bytes, patternBytes, utf8Bytes } from "../bytes/bytes.ts";
export {
  byteByByte,
  type Chunking,
  cutIntoChunks,
  hasIntactMargins,
  inOneChunk,
  isolateBytes,
} from "../bytes/chunking.ts";
export { sampleAccept, sampleKey, sampleRandom } from "../bytes/sample-random.ts";
export { type CloseContent, closePayload } from "./close-content.ts";
export { cutIntoFragments, type Message, messageFrames } from "./message.ts";
export { type ReadFrame, readFrames } from "./read-frames.ts";
