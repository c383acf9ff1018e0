/** A bundle that imports the endpoint of one role has nothing of the opening handshake of the other. */

import { join } from "node:path";
import { build, type Plugin } from "esbuild";
import { describe, expect, it } from "vitest";
import { root } from "../repository.ts";

/** Leaves out the sentences of errors, which name all codes, as the modules for bundlers do. */
const withoutSentences: Plugin = {
  name: "without-sentences",
  setup({ onResolve }) {
    const path = join(root, "packages/core/src/sentences/left-out.ts");
    onResolve({ filter: /\/sentences\/loaded\.ts$/ }, () => ({ path }));
  },
};

/** Bundles what is imported from core, and returns the text. */
async function bundle(name: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: `export { ${name} } from "@hybi/core";`, resolveDir: join(root, "tooling") },
    bundle: true,
    minify: true,
    format: "esm",
    conditions: ["@hybi/source"],
    plugins: [withoutSentences],
    write: false,
  });
  return outputFiles.map(({ text }) => text).join("");
}

/** What only the modules of one role contain: options, fields and codes of its opening handshake. */
const ofClient = [
  "requireSubprotocol",
  "opening/url",
  "opening/resource-name",
  "opening/cookie",
  "opening/accept-mismatch",
];
const ofServer = [
  "checkOrigin",
  "Bad Request",
  "opening/rejection-status",
  "opening/rejection-body",
  "opening/key-missing",
];

/** Returns those of the strings that the text contains. */
const within = (text: string, strings: readonly string[]): string[] => strings.filter((one) => text.includes(one));

describe("a bundle", () => {
  it("of Endpoint contains the strings of both roles", async () => {
    const text = await bundle("Endpoint");
    expect(within(text, ofClient)).toEqual(ofClient);
    expect(within(text, ofServer)).toEqual(ofServer);
  });

  it.each([
    ["createClientEndpoint", ofClient, ofServer],
    ["createServerEndpoint", ofServer, ofClient],
  ])("of %s contains those of its role alone", async (name, own, other) => {
    const text = await bundle(name);
    expect(within(text, own)).toEqual(own);
    expect(within(text, other)).toEqual([]);
  });

  it("of createOpenEndpoint contains neither", async () => {
    expect(within(await bundle("createOpenEndpoint"), [...ofClient, ...ofServer])).toEqual([]);
  });
});
