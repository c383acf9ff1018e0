/** The subject "frames": what a connection receives after the opening handshake. */
import type { Subject } from "../subject.ts";
import { FramesGenerator } from "./generate.ts";
import { ours } from "./ours.ts";

export const frames: Subject = {
  name: "frames",
  generator: (seed) => new FramesGenerator(seed),
  ours,
};
