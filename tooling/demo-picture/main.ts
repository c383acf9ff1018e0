/** `pnpm demo:picture` runs the demo and draws a part of its output, the picture in README.md. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../repository.ts";
import { drawDemo, pictureFile } from "./demo.ts";

writeFileSync(join(root, pictureFile), await drawDemo());
