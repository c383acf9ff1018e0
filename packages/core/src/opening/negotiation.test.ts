import { describe, expect, it } from "vitest";
import { negotiating } from "../../tests/support/opening.ts";
import { checkExtensionAnswers, offerExtensions, selectExtensions } from "./negotiation.ts";

const answer = (...names: string[]) => names.map((name) => ({ name, parameters: [] }));

describe("offerExtensions", () => {
  it("offers the alternatives of each extension in its order, and omits an extension without offers [E03]", () => {
    const extensions = [
      negotiating("a", { offers: [[["x", "1"]], []] }),
      negotiating("b", { offers: [] }),
      negotiating("c"),
    ];
    expect(offerExtensions(extensions)).toEqual([
      { name: "a", parameters: [["x", "1"]] },
      { name: "a", parameters: [] },
      { name: "c", parameters: [] },
    ]);
  });
});

describe("checkExtensionAnswers", () => {
  const extensions = [
    negotiating("a", { rsv: 0x40 }),
    negotiating("b", { rsv: 0x60 }),
    negotiating("c", { rsv: 0x20 }),
    negotiating("d", { accepts: ({ length }) => length > 0 }),
  ];

  it.each([
    ["opening/extension-not-offered", "The extension is e.", answer("a", "e")],
    ["opening/extension-repeated", "The extension is a.", answer("a", "c", "a")],
    ["opening/extension-rsv-conflict", "One of them is b.", answer("c", "b")],
    ["opening/extension-rsv-conflict", "One of them is a.", answer("b", "a")],
    ["opening/extension-unacceptable", "d: It does not please.", answer("a", "d")],
  ])("returns %s and its detail: %s [C07] [E32]", (code, detail, answers) => {
    expect(checkExtensionAnswers(answers, extensions)).toEqual({ code, detail });
  });

  it("accepts extensions that share no bit, and an empty list [E32]", () => {
    for (const answers of [[], answer("c", "a"), [{ name: "d", parameters: [["x", undefined]] as const }]]) {
      expect(checkExtensionAnswers(answers, extensions)).toBeUndefined();
    }
  });
});

describe("selectExtensions", () => {
  it("selects each extension once, and leaves the bits of a declined offer free [E32]", () => {
    const extensions = [
      negotiating("a", { rsv: 0x40, accepts: ({ length }) => length > 0 }),
      negotiating("b", { rsv: 0x40 }),
      negotiating("c"),
    ];
    expect(selectExtensions(answer("a", "x", "c", "b", "c", "b"), extensions)).toEqual(answer("c", "b"));
    expect(selectExtensions(answer("a"), [])).toEqual([]);
  });
});
