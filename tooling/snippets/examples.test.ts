import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { filesBelow, root } from "../repository.ts";
import { importsOnePackage } from "./extract.ts";

/** Programs below the level of sockets, and why. */
const exceptions: Readonly<Record<string, string>> = {
  "examples/demo/client.ts": "It drives an endpoint itself, so that each frame can be shown.",
  "examples/demo/main.ts": "It encodes a frame that no client of ours would send.",
};

it("examples import one package, that of their runtime", () => {
  const examples = filesBelow("examples", (path) => path.endsWith(".ts") && !path.includes("/."));
  const others = examples.filter((path) => !importsOnePackage(readFileSync(join(root, path), "utf8")));
  expect(others).toEqual(Object.keys(exceptions));
});
