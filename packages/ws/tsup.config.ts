import { definePackage } from "../../tooling/tsup.ts";

// `build` runs finish-build.ts behind it.
export default definePackage(
  { index: "src/index.ts", browser: "src/browser.ts" },
  {},
  { entry: { index: "src/index.ts" } },
);
