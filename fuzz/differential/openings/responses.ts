/** The responses to opening requests as a subject: what a client receives first. */
import type { Subject } from "../subject.ts";
import { ResponseGenerator } from "./generate-responses.ts";
import { readResponse } from "./ours.ts";

export const responses: Subject = {
  name: "responses",
  generator: (seed) => new ResponseGenerator(seed),
  ours: readResponse,
};
