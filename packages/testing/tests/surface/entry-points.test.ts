import * as testing from "@hybi/testing";
import { expect, it } from "vitest";

it("the public names of @hybi/testing are these", () => {
  expect(Object.keys(testing).sort()).toEqual(["adapterContract", "selfSigned"]);
});
