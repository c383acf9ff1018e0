import { definePackage } from "../../tooling/tsup.ts";

<<<<<<< HEAD
export default definePackage({ index: "src/index.ts", "adapter-contract": "src/contract/index.ts" });
=======
export default definePackage({
  index: "src/index.ts",
  conformance: "src/conformance/index.ts",
  inspect: "src/inspect/index.ts",
  "conformance-cli": "src/cli/conformance.ts",
  "inspect-cli": "src/cli/inspect.ts",
});
>>>>>>> 0302f3c (Hold any WebSocket endpoint against the RFCs, with cases as data, and dump any stream of bytes)
