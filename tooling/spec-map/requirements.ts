/** Reads the requirements: `docs/spec/*.json`, one file per chapter. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface Requirement {
  /** As written in the titles of tests: `[F08]`. Ids never change their meaning. */
  readonly id: string;
  readonly text: string;
  readonly section: string;
  /** Where it is implemented: "packages/core/src/frame/rules.ts#checkHeader", or "…#Connection.receive". */
  readonly symbols: readonly string[];
  /** The package that will implement it, as long as that package does not exist. */
  readonly later?: string;
}

export interface Chapter {
  readonly file: string;
  readonly title: string;
  readonly requirements: readonly Requirement[];
}

/** In reading order. */
const files = [
  "opening-server",
  "opening-client",
  "framing",
  "closing",
  "extensions",
  "extended-connect",
  "websocket-api",
  "socket-layer",
  "hostile-load",
];

export function readChapters(folder: string): Chapter[] {
  return files.map((file) => {
    const { title, later, requirements } = JSON.parse(readFileSync(join(folder, `${file}.json`), "utf8"));
    // `later` of a chapter applies to each of its requirements that has no symbol yet.
    const complete = (requirement: Requirement): Requirement =>
      later === undefined || requirement.symbols.length > 0 ? requirement : { later, ...requirement };
    return { file, title, requirements: requirements.map(complete) };
  });
}
