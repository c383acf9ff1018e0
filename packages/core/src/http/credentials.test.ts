import { describe, expect, it } from "vitest";
import {
  basicAuthorization,
  basicCredentialsEqual,
  parseBasicCredentials,
  secretsEqual,
  userinfoAuthorization,
} from "./credentials.ts";

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

describe("Basic credentials", () => {
  it("are written and read in UTF-8 (RFC 7617 §2.1), with the scheme in any case, split at the first colon", () => {
    expect(basicAuthorization("test", "123£")).toBe("Basic dGVzdDoxMjPCow==");
    const credentials = parseBasicCredentials("bASIC   dGVzdDoxMjPCow==");
    expect([text(credentials?.user), text(credentials?.password)]).toEqual(["test", "123£"]);
    expect(text(parseBasicCredentials(basicAuthorization("a", "b:c"))?.password)).toBe("b:c");
  });

  it("may have an empty user-id or password, but no white space inside", () => {
    for (const [user, password] of [
      ["", "secret"],
      ["user", ""],
      ["", ""],
    ] as const) {
      const value = basicAuthorization(user, password);
      const credentials = parseBasicCredentials(value);
      expect([text(credentials?.user), text(credentials?.password)]).toEqual([user, password]);
      expect(basicCredentialsEqual(value, user, password)).toBe(true);
      expect(basicCredentialsEqual(value, "user", "secret")).toBe(false);
    }
    expect(parseBasicCredentials("Basic dTpw dTpw")).toBeUndefined();
  });

  it.each([
    "",
    "Basic",
    "Basic ",
    "dTpw",
    " dTpw",
    "BasicdTpw",
    "Basic\tdTpw",
    "Basics dTpw",
    "Bearer dTpw",
    "Basic dTp",
    "Basic dT_w",
    // "up", without a colon
    "Basic dXA=",
  ])("are not found in %j", (value) => {
    expect(parseBasicCredentials(value)).toBeUndefined();
  });

  it("are no other value, in whose place nobody would be let in", () => {
    expect([basicCredentialsEqual(undefined, "", ""), basicCredentialsEqual(null, "", "")]).toEqual([false, false]);
    for (const value of [[["Authorization", basicAuthorization("u", "p")]], {}, 5]) {
      expect(() => basicCredentialsEqual(value as never, "u", "p")).toThrow(
        expect.objectContaining({ code: "option/type" }),
      );
      expect(() => secretsEqual(value as never, "p")).toThrow(expect.objectContaining({ code: "option/type" }));
    }
  });

  it("are read from userinfo percent-decoded, with an empty password if missing, and stray percent signs kept", () => {
    expect(userinfoAuthorization("test:123%C2%A3")).toBe("Basic dGVzdDoxMjPCow==");
    expect(userinfoAuthorization("a")).toBe(basicAuthorization("a", ""));
    expect(userinfoAuthorization(":p")).toBe(basicAuthorization("", "p"));
    expect(userinfoAuthorization("a:p:q")).toBe(basicAuthorization("a", "p:q"));
    expect(userinfoAuthorization("a%:b%4%zz%")).toBe(basicAuthorization("a%", "b%4%zz%"));
  });
});
