import * as node from "@hybi/node";
import { expect, it } from "vitest";

it("the public names of @hybi/node are these", () => {
  expect(Object.keys(node).sort()).toEqual(["OpeningError", "connect", "listen", "nodeHost", "upgrade"]);
});
