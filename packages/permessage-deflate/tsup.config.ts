import { definePackage } from "../../tooling/tsup.ts";

// The tsconfig.json is without the types of a runtime, which the codec on node:zlib needs.
export default definePackage({ index: "src/index.ts", zlib: "src/zlib/index.ts" }, {}, { types: ["node"] });
