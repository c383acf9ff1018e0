/** Opening requests as a subject: what a server receives first. */
import type { Subject } from "../subject.ts";
import { RequestGenerator } from "./generate-requests.ts";
import { answerRequest } from "./ours.ts";

export const requests: Subject = {
  name: "requests",
  generator: (seed) => new RequestGenerator(seed),
  ours: answerRequest,
};
