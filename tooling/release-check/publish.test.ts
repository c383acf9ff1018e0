import { describe, expect, it } from "vitest";
import { formatPublishScript, inOrderOfDependencies } from "./publish.ts";

const packed = (name: string, ...dependencies: string[]) => ({
  tarball: `/tmp/hybi-${name}-1.2.3.tgz`,
  manifest: {
    name: `@hybi/${name}`,
    version: "1.2.3",
    exports: {},
    dependencies: Object.fromEntries(dependencies.map((dependency) => [`@hybi/${dependency}`, "^1.2.3"])),
  },
});

describe("inOrderOfDependencies", () => {
  it("puts each package behind those that it depends on", () => {
    const all = [packed("bun", "core", "websocket"), packed("websocket", "core"), packed("core")];
    expect(inOrderOfDependencies(all).map(({ manifest }) => manifest.name)).toEqual([
      "@hybi/core",
      "@hybi/websocket",
      "@hybi/bun",
    ]);
  });
});

describe("formatPublishScript", () => {
  it("publishes what is not published yet, on npm and on JSR", () => {
    const script = formatPublishScript([packed("core")]);
    expect(script).toContain(
      '[ -n "$(npm view @hybi/core@1.2.3 version 2>/dev/null)" ] || npm publish ./npm/hybi-core-1.2.3.tgz --access public "$@"\n',
    );
    expect(script).toMatch(/cd jsr\ndeno publish\n$/);
  });
});
