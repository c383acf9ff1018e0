import { appendFile } from "node:fs/promises";
import type { Options } from "tsup";
import { definePackage } from "../../tooling/tsup.ts";

const define = definePackage(
  { index: "src/index.ts", browser: "src/browser.ts" },
  {},
  { entry: { index: "src/index.ts" } },
);

export default (given: Options): Options => {
  const options = define(given);
  return {
    ...options,
    onSuccess: async () => {
      if (typeof options.onSuccess === "function") await options.onSuccess();
      // `require` returns the class itself, which has everything else as properties.
      for (const name of ["index", "browser"]) {
        await appendFile(`dist/${name}.cjs`, "module.exports = module.exports.default;\n");
      }
    },
  };
};
