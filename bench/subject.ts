/** The measured code, imported from its sources because parts that are measured alone are not exported by the packages. */
import { randomFillSync } from "node:crypto";

export { decodeText } from "../packages/core/src/bytes/text-decode.ts";
export { encodeText } from "../packages/core/src/bytes/text-encode.ts";
export { skipAscii, validateUtf8 } from "../packages/core/src/bytes/utf8.ts";
export { Connection } from "../packages/core/src/connection.ts";
export type { ConnectionSink } from "../packages/core/src/connection-sink.ts";
export { mask, maskBytes, rotateKey } from "../packages/core/src/frame/mask.ts";
export { ServerHandshake } from "../packages/core/src/opening/server-handshake.ts";
export { Assembler, type AssemblerSink } from "../packages/core/src/receiving/assembler.ts";
export { plainAgreement } from "../packages/core/src/vocabulary/agreement.ts";
export { resolveLimits } from "../packages/core/src/vocabulary/limits.ts";
export { noNativeFunctions } from "../packages/core/src/vocabulary/native-functions.ts";
export { nodeFunctions } from "../packages/node/src/native-functions.ts";

/** A cryptographically strong source, like that of `ws`. */
export const randomSource = (target: Uint8Array): unknown => randomFillSync(target);
