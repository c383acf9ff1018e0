import { definePackage } from "../../tooling/tsup.ts";

export default {
  ...definePackage({ index: "src/index.ts", zlib: "src/zlib/index.ts" }),
  // The declarations of both entry points are built together, with a tsconfig.json without the types of a runtime.
  dts: { compilerOptions: { ignoreDeprecations: "6.0", types: ["node"] } },
};
