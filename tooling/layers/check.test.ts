import { describe, expect, it } from "vitest";
import { checkLayers, findCycles } from "./check.ts";
import { layers } from "./table.ts";

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

  it("rejects an import of a higher layer", () => {
    const findings = check({
      [`${core}/bytes/ascii.ts`]: 'import { a } from "../http/fields.ts"; a;',
      [`${core}/http/fields.ts`]: "export const a = 1;",
    });
    expect(findings).toEqual([`${core}/bytes/ascii.ts:1 imports http/fields: bytes may not`]);
  });

  it("rejects an import of a layer at the same height, even of a type", () => {
    const findings = check({
      [`${core}/http/head.ts`]: '\nimport type { Opcode } from "../frame/header.ts";',
      [`${core}/frame/header.ts`]: "export type Opcode = 1;",
    });
    expect(findings).toEqual([`${core}/http/head.ts:2 imports frame/header: http may not`]);
  });

  it("finds re-exports, import types and dynamic imports", () => {
    const findings = check({
      [`${core}/frame/header.ts`]: [
        'export { a } from "../receiving/assembler.ts";',
        'export type B = import("../receiving/assembler.ts").B;',
        'export const c = () => import("../receiving/assembler.ts");',
      ].join("\n"),
      [`${core}/receiving/assembler.ts`]: "export const a = 1; export type B = 1;",
    });
    expect(findings).toEqual([
      `${core}/frame/header.ts:1 imports receiving/assembler: frame may not`,
      `${core}/frame/header.ts:2 imports receiving/assembler: frame may not`,
      `${core}/frame/header.ts:3 imports receiving/assembler: frame may not`,
    ]);
  });

  it("keeps receiving and sending apart", () => {
    const findings = check({
      [`${core}/sending/outgoing.ts`]: 'import type { Delivery } from "../receiving/assembler.ts";',
      [`${core}/receiving/assembler.ts`]: "export type Delivery = 1;",
    });
    expect(findings).toEqual([`${core}/sending/outgoing.ts:1 imports receiving/assembler: sending may not`]);
  });

  it("lets every layer of core import its vocabulary, and the vocabulary nothing above it", () => {
    const findings = check({
      [`${core}/bytes/utf8.ts`]: 'import type { Violation } from "../vocabulary/violation.ts";',
      [`${core}/vocabulary/violation.ts`]: 'import { connect } from "../connection.ts"; connect;',
      [`${core}/connection.ts`]: "export const connect = 1;",
    });
    expect(findings).toEqual([`${core}/vocabulary/violation.ts:1 imports connection: vocabulary may not`]);
  });

  it("lets the connection see an agreement but not the opening handshake", () => {
    const findings = check({
      [`${core}/connection.ts`]: 'import "./vocabulary/agreement.ts";\nimport "./opening/key.ts";',
      [`${core}/vocabulary/agreement.ts`]: "",
      [`${core}/opening/key.ts`]: "",
    });
    expect(findings).toEqual([`${core}/connection.ts:2 imports opening/key: connection may not`]);
  });

  it("accepts a single module of a layer, and no other of the same layer", () => {
    const findings = check({
      [`${core}/time/deadlines.ts`]: 'import "../closing/states.ts";\nimport "../closing/status-code.ts";',
      [`${core}/closing/states.ts`]: "",
      [`${core}/closing/status-code.ts`]: "",
    });
    expect(findings).toEqual([`${core}/time/deadlines.ts:2 imports closing/status-code: time may not`]);
  });

  it("rejects an import of a higher layer in @hybi/websocket", () => {
    const socket = "packages/websocket/src";
    const findings = check({
      [`${socket}/event-loop/alarms.ts`]: 'import "../socket/websocket.ts";',
      [`${socket}/socket/websocket.ts`]: 'import "../event-loop/alarms.ts";',
    });
    expect(findings).toContain(`${socket}/event-loop/alarms.ts:1 imports socket/websocket: event-loop may not`);
  });

  it("rejects a file that belongs to no layer", () => {
    expect(check({ [`${core}/helpers/a.ts`]: "" })).toEqual([`${core}/helpers/a.ts belongs to no layer of the table`]);
  });

  it("rejects everything that core imports from outside, including types", () => {
    const findings = check({
      [`${core}/vocabulary/limits.ts`]: 'import type { A } from "node:net";\nimport "@hybi/websocket";',
    });
    expect(findings).toEqual([
      `${core}/vocabulary/limits.ts:1 imports node:net: core may not`,
      `${core}/vocabulary/limits.ts:2 imports @hybi/websocket: core may not`,
    ]);
  });

  it("lets an adapter import websocket and core but no other adapter", () => {
    const path = "packages/node/src/index.ts";
    const text = 'import "@hybi/core";\nimport "@hybi/websocket";\nimport "node:net";\nimport "@hybi/deno";';
    expect(check({ [path]: text })).toEqual([`${path}:4 imports @hybi/deno: node may not`]);
  });

  it("rejects a path into another package", () => {
    const findings = check({
      "packages/node/src/index.ts": 'import "../../core/src/vocabulary/limits.ts";',
      [`${core}/vocabulary/limits.ts`]: "",
    });
    expect(findings).toEqual(["packages/node/src/index.ts:1 reaches into another package by a path"]);
  });

  it("rejects an import of a file that does not exist", () => {
    expect(check({ [`${core}/vocabulary/limits.ts`]: 'import "./gone.ts";' })).toHaveLength(1);
  });

  it("finds a cycle within a layer, also of type imports", () => {
    const findings = check({
      [`${core}/bytes/a.ts`]: 'import type { B } from "./b.ts"; export type A = B;',
      [`${core}/bytes/b.ts`]: 'import type { A } from "./a.ts"; export type B = A;',
    });
    expect(findings).toEqual([`import cycle: ${core}/bytes/a.ts → ${core}/bytes/b.ts → ${core}/bytes/a.ts`]);
  });
});

describe("the table", () => {
  it.each(Object.entries(layers))("lets no layer of %s import one that is listed after it", (_name, ofPackage) => {
    const order = Object.keys(ofPackage);
    for (const [layer, { mayImport }] of Object.entries(ofPackage)) {
      for (const name of mayImport) {
        const imported = name.split("/")[0] ?? "";
        expect(order.indexOf(imported), `${layer} → ${name}`).toBeGreaterThanOrEqual(0);
        // A single module is an exception that the check for cycles covers.
        if (imported === name) expect(order.indexOf(imported), `${layer} → ${name}`).toBeLessThan(order.indexOf(layer));
      }
    }
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

  it("reports a cycle once, wherever it is entered", () => {
    const graph = new Map([
      ["a", ["c"]],
      ["b", ["c"]],
      ["c", ["d"]],
      ["d", ["b"]],
    ]);
    expect(findCycles(graph)).toEqual(["import cycle: b → c → d → b"]);
  });

  it("finds a module that imports itself", () => {
    expect(findCycles(new Map([["a", ["a"]]]))).toEqual(["import cycle: a → a"]);
  });
});
