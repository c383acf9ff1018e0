import { describe, expect, it } from "vitest";
import { basicAuthorization, parseBasicCredentials, userinfoAuthorization } from "./credentials.ts";

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

describe("Basic credentials", () => {
  it("are written and read in UTF-8 (RFC 7617 §2.1), any case of the scheme and the first colon counting", () => {
    expect(basicAuthorization("test", "123£")).toBe("Basic dGVzdDoxMjPCow==");
    const credentials = parseBasicCredentials("bASIC   dGVzdDoxMjPCow==");
    expect([text(credentials?.user), text(credentials?.password)]).toEqual(["test", "123£"]);
    expect(text(parseBasicCredentials(basicAuthorization("a", "b:c"))?.password)).toBe("b:c");
  });

  it("come out of userinfo percent-decoded, a missing password empty, a stray percent sign itself", () => {
    expect(userinfoAuthorization("test:123%C2%A3")).toBe("Basic dGVzdDoxMjPCow==");
    expect(userinfoAuthorization("a")).toBe(basicAuthorization("a", ""));
    expect(userinfoAuthorization("a%:b%4%zz%")).toBe(basicAuthorization("a%", "b%4%zz%"));
  });
});
