/** The picture of the demo: a part of its output, the same in each run. */
import { run } from "../repository.ts";
import { draw, sectionsOf } from "./picture.ts";

export const pictureFile = "docs/demo.svg";

const sections = ["The opening", "A text message", "A message in fragments", "A client that does not mask"];

/** Runs the demo with keys that do not change, and draws it with a port that does not. */
export async function drawDemo(): Promise<string> {
  const before = "./tooling/demo-picture/constant-random.mjs";
  const command = ["tsx", "--conditions=@hybi/source", "--import", before, "examples/demo/main.ts"];
  // The output is to have colours, also where NO_COLOR asks for none.
  const env = { FORCE_COLOR: "1", NO_COLOR: undefined };
  const { exitCode, output } = await run(command, { capture: true, env });
  if (exitCode !== 0) throw new Error(output);
  const samePort = output.replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:8080");
  return draw(sectionsOf(samePort, sections), "What npx pnpm demo prints");
}
