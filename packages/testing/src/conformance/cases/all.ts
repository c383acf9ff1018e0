/** All cases, and which of them to run. */
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

/** The chapters, by number. Those up to 13 are numbered as in the Autobahn testsuite; 8 and 11 are not in it. */
export const conformanceChapters: readonly Chapter[] = [
  ...[framing, pingsAndPongs, reservedBits, reservedOpcodes, fragmentation, utf8, closing, chunking],
  ...[largeMessages, miscellaneous, resourceLimits, compressedData, compressionParameters, deflateStreams],
  ...[openingOfServers, openingOfClients, negotiation, overHttp2],
];

/** Every case. */
export const conformanceCases: readonly ConformanceCase[] = conformanceChapters.flatMap(({ cases }) => cases);

/** Which cases to run. */
export interface Selection {
  /** Who is under test; both when left out. */
  readonly role?: Role | undefined;
  /** Ids, where `*` stands for anything: "5.*", "6.4.1"; a chapter's number alone is all of it. All when left out. */
  readonly only?: readonly string[] | undefined;
  readonly except?: readonly string[] | undefined;
  /** Also the cases that take long. */
  readonly all?: boolean | undefined;
  /** The cases over HTTP/2. Taken when left out. */
  readonly http2?: boolean | undefined;
}

/** The cases of a selection, in order. A case that is named by its whole id is taken even if it takes long. */
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
