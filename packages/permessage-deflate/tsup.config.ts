import { definePackage } from "../../tooling/tsup.ts";

export default {
  ...definePackage({ index: "src/index.ts", zlib: "src/zlib/index.ts" }),
  // The declarations of both entries are made at once, with the tsconfig.json that knows no runtime.
  dts: { compilerOptions: { ignoreDeprecations: "6.0", types: ["node"] } },
};
