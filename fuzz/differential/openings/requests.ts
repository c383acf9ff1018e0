/** The subject "requests": opening requests, which a server receives first. */
import type { Subject } from "../subject.ts";
import { headStreams } from "./generate.ts";
import { writeRequest } from "./generate-requests.ts";
import { answerRequest } from "./ours.ts";

export const requests: Subject = {
  name: "requests",
  generator: (seed) => headStreams(seed, "server", writeRequest),
  ours: answerRequest,
};
