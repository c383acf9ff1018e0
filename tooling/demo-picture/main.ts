/** `pnpm demo:picture` runs the demo and draws a part of its output, the picture in README.md. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "../repository.ts";
import { draw, sectionsOf } from "./picture.ts";

const command = ["tsx", "--conditions=@hybi/source", "examples/demo/main.ts"];
const { exitCode, output } = await run(command, { capture: true, env: { FORCE_COLOR: "1" } });
if (exitCode !== 0) throw new Error(output);
const sections = ["The opening", "A text message", "A message in fragments", "A client that does not mask"];
writeFileSync(join(root, "docs/demo.svg"), draw(sectionsOf(output, sections), "What npx pnpm demo prints"));
