/**
 * The guides for programs that move to hybi show each idiom twice, as a program for the other library (`ts before`) and as one for
 * hybi (`ts after`). Both run here in turn, against the same raw peer, to which they must do what the scenario of their heading
 * expects. A program for ws runs a third time, unchanged, on `@hybi/ws`, as after the override that the guide names.
 */
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";
import { root } from "../repository.ts";
import { extractSnippets, type Treatment } from "../snippets/extract.ts";
import { type Program, Programs } from "../snippets/programs.ts";
import { runScenario, type Scenario } from "./scenario.ts";
import { fromReconnectingWebSocket } from "./scenarios/from-reconnecting-websocket.ts";
import { fromWebSocketDriver } from "./scenarios/from-websocket-driver.ts";
import { fromWs } from "./scenarios/from-ws.ts";

const guides: Readonly<Record<string, Readonly<Record<string, Scenario>>>> = {
  "docs/guide/from-ws.md": fromWs,
  "docs/guide/from-websocket-driver.md": fromWebSocketDriver,
  "docs/guide/from-reconnecting-websocket.md": fromReconnectingWebSocket,
};

interface Side extends Program {
  readonly heading: string;
  readonly treatment: Treatment;
}

/** The programs of a document that stand before and after a move, with the headings above them. */
function sidesOf(document: string): Side[] {
  const markdown = readFileSync(join(root, document), "utf8");
  const lines = markdown.split("\n");
  return extractSnippets(document, markdown).flatMap(({ line, treatment, code }) => {
    if (treatment !== "before" && treatment !== "after") return [];
    const above = lines.slice(0, line).reverse();
    const heading = above.find((text) => text.startsWith("#"))?.replace(/^#+ /, "") ?? "";
    return [{ heading, treatment, code, place: `${document}:${line}` }];
  });
}

/** Packages that stay outside of the bundles: those of others. */
const others = ["https-proxy-agent", "partysocket", "reconnecting-websocket", "websocket-driver"];

/** Bundles the programs with the sources of hybi: they start in a tenth of the time that tsx takes. They are type-checked with all others. */
async function bundle(programs: Programs, external: readonly string[]): Promise<void> {
  const paths = programs.all.map((program) => programs.pathOf(program));
  await build({
    entryPoints: paths,
    outdir: dirname(paths[0] ?? ""),
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    conditions: ["@hybi/source"],
    external: [...external],
    logLevel: "warning",
  });
}

const bundleOf = (path: string): string => path.replace(/\.ts$/, ".mjs");

describe.each(Object.entries(guides))("%s", (document, scenarios) => {
  const sides = sidesOf(document);
  const programs = new Programs(document.replace(/.*\/|\.md$/g, ""), sides);

  it("shows each idiom twice, and each has its scenario", () => {
    const pairs = Object.keys(scenarios).flatMap((heading) => [`${heading}: before`, `${heading}: after`]);
    expect(sides.map(({ heading, treatment }) => `${heading}: ${treatment}`)).toEqual(pairs);
  });

  beforeAll(async () => {
    programs.write();
    await bundle(programs, [...others, "ws"]);
  });

  it.each(sides.map((side) => [`${side.heading}: ${side.treatment}`, side] as const))(
    "%s",
    async (_, side) => {
      const scenario = scenarios[side.heading];
      if (scenario === undefined) throw new Error("it has no scenario");
      expect(await runScenario(scenario, bundleOf(programs.pathOf(side)))).toEqual(scenario.expected);
    },
    60_000,
  );
});

describe("a program for ws, with @hybi/ws in its place,", () => {
  const sides = Object.keys(guides)
    .flatMap(sidesOf)
    .filter(({ treatment, code }) => treatment === "before" && code.includes('from "ws"'));
  const programs = new Programs("ws-replaced", sides);

  beforeAll(async () => {
    programs.write();
    // What the override of a package manager does.
    const modules = join(dirname(programs.pathOf(sides[0] as Side)), "node_modules");
    mkdirSync(modules);
    symlinkSync(join(root, "packages/ws"), join(modules, "ws"));
    await Promise.all([bundle(programs, others), programs.check()]);
  }, 120_000);

  it("is one of those in the guides", () => {
    expect(sides.length).toBeGreaterThan(20);
  });

  it.each(sides.map((side) => [`${side.place}, ${side.heading}`, side] as const))(
    "does the same: %s",
    async (_, side) => {
      expect(programs.problemsOf(side)).toEqual([]);
      const scenario = guides[side.place.replace(/:.*/, "")]?.[side.heading];
      if (scenario === undefined) throw new Error("it has no scenario");
      expect(await runScenario(scenario, bundleOf(programs.pathOf(side)))).toEqual(scenario.expected);
    },
    60_000,
  );
});
