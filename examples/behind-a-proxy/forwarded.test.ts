import type { Fields } from "@hybi/node";
import { describe, expect, it } from "vitest";
import { forwardedClient } from "./forwarded.ts";

const isTrusted = (address: string): boolean => address === "127.0.0.1" || address.startsWith("10.");

function client(remoteAddress: string, fields: Fields): unknown {
  return forwardedClient({ request: { fields } as never, info: { remoteAddress, secure: false } }, isTrusted);
}

describe("forwardedClient", () => {
  it("is the connected peer if that is not a trusted proxy, whatever the fields claim", () => {
    const fields: Fields = [
      ["X-Forwarded-For", "198.51.100.7"],
      ["X-Forwarded-Proto", "https"],
    ];
    expect(client("203.0.113.9", fields)).toEqual({ address: "203.0.113.9", secure: false });
  });

  it("is the last address that is not a trusted proxy, in one field or in several", () => {
    const secure = { address: "203.0.113.9", secure: true };
    const proto: Fields = [["X-Forwarded-Proto", "https"]];
    expect(client("127.0.0.1", [["X-Forwarded-For", "1.2.3.4, 203.0.113.9 , 10.0.0.1"], ...proto])).toEqual(secure);
    const several: Fields = [
      ["x-forwarded-for", "1.2.3.4"],
      ["X-Forwarded-For", "203.0.113.9"],
    ];
    expect(client("127.0.0.1", [...several, ...proto])).toEqual(secure);
  });

  it("is the proxy itself if that adds no address", () => {
    expect(client("127.0.0.1", [])).toEqual({ address: "127.0.0.1", secure: false });
    expect(client("127.0.0.1", [["X-Forwarded-For", " , "]])).toEqual({ address: "127.0.0.1", secure: false });
  });
});
