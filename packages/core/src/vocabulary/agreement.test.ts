import { describe, expect, it } from "vitest";
import { plainAgreement } from "./agreement.ts";

describe("plainAgreement", () => {
  it("agrees on nothing but the roles", () => {
    expect(plainAgreement("client")).toEqual({
      role: "client",
      subprotocol: undefined,
      extensions: [],
      tolerated: [],
    });
  });
});
