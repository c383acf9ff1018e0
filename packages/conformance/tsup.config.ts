import { definePackage } from "../../tooling/tsup.ts";

export default definePackage(
  { index: "src/index.ts", hostile: "src/hostile/index.ts", inspect: "src/inspect/index.ts" },
  {
    "conformance-cli": "src/cli/conformance.ts",
    "hostile-cli": "src/cli/hostile.ts",
    "inspect-cli": "src/cli/inspect.ts",
  },
);
