import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, it } from "vitest";

it("the classes of @hybi/ws keep their names in the build: programs compare them, and traces show them", async () => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("../../packages/ws/src/index.ts", import.meta.url))],
    ...{ bundle: true, packages: "external", format: "cjs", target: "es2022", platform: "neutral", write: false },
  });
  const classes = [
    ...outputFiles
      .map(({ text }) => text)
      .join()
      .matchAll(/\bvar (\w+) = class\b(?: (?!extends\b)(\w+))?/g),
  ];
  const names = classes.map(([, variable, name]) => String(name ?? variable));
  expect(names).toEqual(expect.arrayContaining(["WebSocket", "WebSocketServer", "Receiver", "PerMessageDeflate"]));
  // What bundlers make of a class whose body names it, and of two with one name.
  expect(names.filter((name) => /^_|\d$/.test(name))).toEqual([]);
});
