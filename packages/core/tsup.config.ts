import { definePackage } from "../../tooling/tsup.ts";

export default definePackage({ index: "src/index.ts", frame: "src/frame/index.ts" });
