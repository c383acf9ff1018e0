/** All cases, and the selection of those to run. */
import type { Role } from "@hybi/core";
import type { Chapter, ConformanceCase } from "../case.ts";
import { chunking } from "./chunking.ts";
import { closing } from "./closing.ts";
import { compressedData, compressionParameters, deflateStreams } from "./compression.ts";
import { fragmentation } from "./fragmentation.ts";
import { framing } from "./framing.ts";
import { overHttp2 } from "./http2.ts";
import { largeMessages, miscellaneous, resourceLimits } from "./limits.ts";
import { negotiation } from "./negotiation.ts";
import { openingOfClients } from "./opening-client.ts";
import { openingOfServers } from "./opening-server.ts";
import { pingsAndPongs } from "./pings.ts";
import { reservedBits, reservedOpcodes } from "./reserved.ts";
import { utf8 } from "./utf8.ts";

/**
 * The chapters, by number. Those up to 13 are numbered as in the Autobahn testsuite, except 8 and 11, which it does not
 * have.
 */
export const conformanceChapters: readonly Chapter[] = [
  ...[framing, pingsAndPongs, reservedBits, reservedOpcodes, fragmentation, utf8, closing, chunking],
  ...[largeMessages, miscellaneous, resourceLimits, compressedData, compressionParameters, deflateStreams],
  ...[openingOfServers, openingOfClients, negotiation, overHttp2],
];

/** Every case. */
export const conformanceCases: readonly ConformanceCase[] = conformanceChapters.flatMap(({ cases }) => cases);

/** Selects the cases to run. */
export interface Selection {
  /** Role under test; both when omitted. */
  readonly role?: Role | undefined;
  /** Ids, where `*` matches anything: "5.*", "6.4.1"; a chapter number alone selects the whole chapter. All when omitted. */
  readonly only?: readonly string[] | undefined;
  readonly except?: readonly string[] | undefined;
  /** Whether to include the cases that take long. */
  readonly all?: boolean | undefined;
  /** Whether to include the cases over HTTP/2. Included when omitted. */
  readonly http2?: boolean | undefined;
}

/** Returns the cases of a selection, in order. A case named by its full id is included even if it takes long. */
export function selectCases({
  role,
  only,
  except = [],
  all = false,
  http2 = true,
}: Selection = {}): readonly ConformanceCase[] {
  return conformanceCases.filter((testCase) => {
    if (role !== undefined && testCase.role !== "both" && testCase.role !== role) return false;
    if (testCase.opening?.http2 !== undefined && !http2) return false;
    if (except.some((pattern) => isNamed(testCase.id, pattern))) return false;
    if (only?.includes(testCase.id) === true) return true;
    if (testCase.extended === true && !all) return false;
    return only === undefined || only.some((pattern) => isNamed(testCase.id, pattern));
  });
}

function isNamed(id: string, pattern: string): boolean {
  const whole = /^\d+$/.test(pattern) ? `${pattern}.*` : pattern;
  const source = whole.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(`^${source}$`).test(id);
}
