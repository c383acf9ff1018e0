import { definePackage } from "../../tooling/tsup.ts";

export default definePackage({
  index: "src/index.ts",
  opening: "src/opening/index.ts",
  policy: "src/policy/index.ts",
  frame: "src/frame/index.ts",
  options: "src/options.ts",
  explain: "src/explain.ts",
});
