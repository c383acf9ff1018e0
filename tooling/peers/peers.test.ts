import { describe, expect, it } from "vitest";
import { beginsWith, checkDocument, formatPeersPage, peers, versionsInLockfile } from "./peers.ts";

const lockfile = `importers:

  .:
    devDependencies:
      ws:
        specifier: 8.23.0
        version: 8.23.0

  bench:
    devDependencies:
      ws:
        specifier: ^8.0.0
        version: 8.22.0(bufferutil@4.1.0)
      undici-8:
        specifier: npm:undici@8.13.1
        version: undici@8.13.1

packages:

  ws@8.21.0:
    resolution: {}
`;

describe("versionsInLockfile", () => {
  it("returns each version of a direct dependency once, without its peers or its other name", () => {
    expect(versionsInLockfile(lockfile, "ws")).toEqual(["8.23.0", "8.22.0"]);
    expect(versionsInLockfile(lockfile, "undici-8")).toEqual(["8.13.1"]);
    expect(versionsInLockfile(lockfile, "undici")).toEqual([]);
  });
});

describe("beginsWith", () => {
  it.each([
    ["8.23.0", "8.23", true],
    ["8.23.0", "8", true],
    ["8.23.0", "8.23.0", true],
    ["8.23.0", "8.2", false],
    ["8.23", "8.23.0", false],
  ])("of %s and %s is %s", (version, wanted, expected) => {
    expect(beginsWith(version, wanted)).toBe(expected);
  });
});

describe("checkDocument", () => {
  const ws = [{ name: "ws", version: "8.23.0", how: "" }];

  it("accepts the version that was checked, or a part of it, and versions of others", () => {
    expect(checkDocument("a.md", "ws 8.23, `ws` and ws 8.23.0; faye/ws 3, news 4, ws 8", ws)).toEqual([]);
  });

  it("finds another version, with its line", () => {
    expect(checkDocument("a.md", "\nws 8.22 and ws 9", ws)).toEqual([
      "a.md:2 names ws 8.22, but what was checked is ws 8.23.0",
      "a.md:2 names ws 9, but what was checked is ws 8.23.0",
    ]);
  });
});

it("the page has a row for each program", () => {
  expect(formatPeersPage(peers).match(/^\| /gm)).toHaveLength(peers.length + 2);
});
