import { definePackage } from "../../tooling/tsup.ts";

export default definePackage(
  { index: "src/index.ts", node: "src/node.ts", deno: "src/deno.ts", bun: "src/bun.ts" },
  {},
  // All entries have the same types.
  { entry: { index: "src/index.ts" } },
);
