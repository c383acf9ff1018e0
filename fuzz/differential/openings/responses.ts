/** The subject "responses": responses to opening requests, which a client receives first. */
import type { Subject } from "../subject.ts";
import { headStreams } from "./generate.ts";
import { writeResponse } from "./generate-responses.ts";
import { readResponse } from "./ours.ts";

export const responses: Subject = {
  name: "responses",
  generator: (seed) => headStreams(seed, "client", writeResponse),
  ours: readResponse,
};
