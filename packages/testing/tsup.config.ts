import { definePackage } from "../../tooling/tsup.ts";

export default definePackage({
  index: "src/index.ts",
  "adapter-contract": "src/contract/index.ts",
  attacks: "src/attacks/index.ts",
  wire: "src/wire/index.ts",
});
