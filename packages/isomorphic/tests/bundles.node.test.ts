/** What bundlers and runtimes find behind the one import. */
import { build, type Metafile } from "esbuild";
import { describe, expect, it } from "vitest";

const contents = `import { WebSocket } from "@hybi/isomorphic"; globalThis.opened = new WebSocket("wss://example.com/");`;
/** A folder where the package can be imported by name. */
const resolveDir = new URL("../../../examples", import.meta.url).pathname;

async function bundle(platform: "browser" | "node" | "neutral", ...conditions: string[]): Promise<[string, Metafile]> {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir, loader: "ts" },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "esm",
    platform,
    conditions: ["@hybi/source", ...conditions],
    external: ["node:*"],
  });
  return [outputFiles[0]?.text ?? "", metafile];
}

describe("a bundle", () => {
  it.each([
    ["a page", "browser", []],
    ["a Worker", "browser", ["workerd", "worker"]],
    ["React Native", "neutral", ["react-native"]],
    ["an environment that is not known", "neutral", []],
  ] as const)("for %s is less than 1 KB, and has nothing of our client", async (_, platform, conditions) => {
    const [text, { inputs }] = await bundle(platform, ...conditions);
    expect(text.length).toBeLessThan(1024);
    expect(Object.keys(inputs).filter((path) => path.includes("packages/"))).toEqual([
      expect.stringMatching(/packages\/isomorphic\/src\/index\.ts$/),
    ]);
  });

  it.each([
    ["node", []],
    ["deno", ["deno"]],
    ["bun", ["bun"]],
  ] as const)(
    "for %s has its WebSocket over the sockets of that runtime, and no other",
    async (runtime, conditions) => {
      const [, { inputs }] = await bundle("node", ...conditions);
      const packages = Object.keys(inputs).map((path) => /packages\/([\w-]+)\//.exec(path)?.[1]);
      const adapters = [...new Set(packages)].filter((name) => ["node", "deno", "bun"].includes(name ?? ""));
      expect(adapters).toEqual([runtime]);
    },
  );
});

describe("a platform without WebSocket", () => {
  it("loads the package, whose class says what is missing", async () => {
    const global = Object.getOwnPropertyDescriptor(globalThis, "WebSocket");
    if (global !== undefined) Reflect.deleteProperty(globalThis, "WebSocket");
    try {
      const { WebSocket } = await import("../src/index.ts");
      expect(() => new WebSocket("wss://example.com/")).toThrow("This platform has no WebSocket.");
    } finally {
      if (global !== undefined) Object.defineProperty(globalThis, "WebSocket", global);
    }
  });
});
