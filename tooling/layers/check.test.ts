import { describe, expect, it } from "vitest";
import { checkLayers, findCycles } from "./check.ts";

const core = "packages/core/src";

function check(files: Record<string, string>): string[] {
  return checkLayers(new Map(Object.entries(files)));
}

describe("checkLayers", () => {
  it("accepts an import from a layer below", () => {
    const findings = check({
      [`${core}/frame/mask.ts`]: 'import { write } from "../bytes/byte-writer.ts"; write();',
      [`${core}/bytes/byte-writer.ts`]: "export const write = () => {};",
    });
    expect(findings).toEqual([]);
  });

  it("refuses an import that goes up", () => {
    const findings = check({
      [`${core}/bytes/ascii.ts`]: 'import { a } from "../http/fields.ts"; a;',
      [`${core}/http/fields.ts`]: "export const a = 1;",
    });
    expect(findings).toEqual([`${core}/bytes/ascii.ts:1 imports http/fields: bytes may not`]);
  });

  it("refuses an import that goes sideways, even of a type", () => {
    const findings = check({
      [`${core}/http/head.ts`]: '\nimport type { Opcode } from "../frame/opcode.ts";',
      [`${core}/frame/opcode.ts`]: "export type Opcode = 1;",
    });
    expect(findings).toEqual([`${core}/http/head.ts:2 imports frame/opcode: http may not`]);
  });

  it("sees re-exports, import types and dynamic imports", () => {
    const findings = check({
      [`${core}/frame/opcode.ts`]: [
        'export { a } from "../message/assembler.ts";',
        'export type B = import("../message/assembler.ts").B;',
        'export const c = () => import("../message/assembler.ts");',
      ].join("\n"),
      [`${core}/message/assembler.ts`]: "export const a = 1; export type B = 1;",
    });
    expect(findings).toEqual([
      `${core}/frame/opcode.ts:1 imports message/assembler: frame may not`,
      `${core}/frame/opcode.ts:2 imports message/assembler: frame may not`,
      `${core}/frame/opcode.ts:3 imports message/assembler: frame may not`,
    ]);
  });

  it("lets every layer import the shared modules, and these nothing above them", () => {
    const findings = check({
      [`${core}/bytes/utf8.ts`]: 'import type { Violation } from "../violation.ts";',
      [`${core}/violation.ts`]: 'import { connect } from "./connection.ts"; connect;',
      [`${core}/connection.ts`]: "export const connect = 1;",
    });
    expect(findings).toEqual([`${core}/violation.ts:1 imports connection: violation may not`]);
  });

  it("takes a shared module for what it is, even where its name begins like a layer's", () => {
    const findings = check({
      [`${core}/frame/mask.ts`]: 'import type { MessageKind } from "../message-kind.ts";',
      [`${core}/message-kind.ts`]: "export type MessageKind = 1;",
    });
    expect(findings).toEqual([]);
  });

  it("lets the connection see an agreement but not the opening handshake", () => {
    const findings = check({
      [`${core}/connection.ts`]: 'import "./opening/agreement.ts";\nimport "./opening/key.ts";',
      [`${core}/opening/agreement.ts`]: "",
      [`${core}/opening/key.ts`]: "",
    });
    expect(findings).toEqual([`${core}/connection.ts:2 imports opening/key: connection may not`]);
  });

  it("takes modules whose names continue that of a layer for its parts", () => {
    const findings = check({
      [`${core}/connection-options.ts`]: 'import "./frame/mask.ts";\nimport "./http/head.ts";',
      [`${core}/connection.ts`]: 'import "./connection-options.ts";',
      [`${core}/frame/mask.ts`]: "",
      [`${core}/http/head.ts`]: "",
    });
    expect(findings).toEqual([`${core}/connection-options.ts:2 imports http/head: connection may not`]);
  });

  it("refuses a file that belongs to no layer", () => {
    expect(check({ [`${core}/helpers/a.ts`]: "" })).toEqual([`${core}/helpers/a.ts belongs to no layer of the table`]);
  });

  it("refuses anything that core imports from outside, types too", () => {
    const findings = check({ [`${core}/limits.ts`]: 'import type { A } from "node:net";\nimport "@hybi/websocket";' });
    expect(findings).toEqual([
      `${core}/limits.ts:1 imports node:net: core may not`,
      `${core}/limits.ts:2 imports @hybi/websocket: core may not`,
    ]);
  });

  it("lets an adapter import websocket and core but no other adapter", () => {
    const path = "packages/node/src/index.ts";
    const text = 'import "@hybi/core";\nimport "@hybi/websocket";\nimport "node:net";\nimport "@hybi/deno";';
    expect(check({ [path]: text })).toEqual([`${path}:4 imports @hybi/deno: node may not`]);
  });

  it("refuses a path into another package", () => {
    const findings = check({
      "packages/node/src/index.ts": 'import "../../core/src/limits.ts";',
      [`${core}/limits.ts`]: "",
    });
    expect(findings).toEqual(["packages/node/src/index.ts:1 reaches into another package by a path"]);
  });

  it("refuses an import of a file that does not exist", () => {
    expect(check({ [`${core}/limits.ts`]: 'import "./gone.ts";' })).toHaveLength(1);
  });

  it("finds a circle within a layer, of types too", () => {
    const findings = check({
      [`${core}/bytes/a.ts`]: 'import type { B } from "./b.ts"; export type A = B;',
      [`${core}/bytes/b.ts`]: 'import type { A } from "./a.ts"; export type B = A;',
    });
    expect(findings).toEqual([`import in a circle: ${core}/bytes/a.ts → ${core}/bytes/b.ts → ${core}/bytes/a.ts`]);
  });
});

describe("findCycles", () => {
  it("finds nothing in a diamond", () => {
    const diamond = new Map([
      ["a", ["b", "c"]],
      ["b", ["d"]],
      ["c", ["d"]],
      ["d", []],
    ]);
    expect(findCycles(diamond)).toEqual([]);
  });

  it("reports a circle once, wherever it is entered", () => {
    const graph = new Map([
      ["a", ["c"]],
      ["b", ["c"]],
      ["c", ["d"]],
      ["d", ["b"]],
    ]);
    expect(findCycles(graph)).toEqual(["import in a circle: b → c → d → b"]);
  });

  it("finds a module that imports itself", () => {
    expect(findCycles(new Map([["a", ["a"]]]))).toEqual(["import in a circle: a → a"]);
  });
});
