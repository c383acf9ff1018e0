import { describe, expect, it } from "vitest";
import { declaresSymbol } from "./symbols.ts";

const source = `
  import { imported } from "./other.ts";
  export function checkHeader() { const inner = 1; }
  const table = { opened: { sent: 1 } } as const satisfies object;
  export class Connection { #state = 1; receive() {} get transportAction() { return 1; } }
  export interface Output { takeOutput(): void }
  export type Role = "client";
`;

describe("declaresSymbol", () => {
  it.each([
    "checkHeader",
    "table",
    "table.opened",
    "Connection",
    "Connection.receive",
    "Connection.transportAction",
    "Connection.#state",
    "Output.takeOutput",
    "Role",
  ])("finds %s", (symbol) => {
    expect(declaresSymbol(source, symbol)).toBe(true);
  });

  it.each(["gone", "inner", "imported", "Connection.gone", "checkHeader.inner", "receive", ""])(
    "does not find %s",
    (symbol) => {
      expect(declaresSymbol(source, symbol)).toBe(false);
    },
  );
});
