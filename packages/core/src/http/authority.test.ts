import { describe, expect, it } from "vitest";
import { parseAuthority } from "./authority.ts";

describe("parseAuthority", () => {
  it.each([
    ["example.com", "example.com", undefined],
    ["example.com:", "example.com", undefined],
    ["example.com:65535", "example.com", 65_535],
    ["a-b_c~!$&'()*+,;=", "a-b_c~!$&'()*+,;=", undefined],
    ["%ea%B0%80", "%ea%B0%80", undefined],
    ["192.0.2.1:080", "192.0.2.1", 80],
    ["z9.Z0:9090", "z9.Z0", 9090],
    ["[::]", "[::]", undefined],
    ["[19af::AF]:1", "[19af::AF]", 1],
    ["[::ffff:192.0.2.1]", "[::ffff:192.0.2.1]", undefined],
    ["[::0.255.255.255]", "[::0.255.255.255]", undefined],
    ["[1:2:3:4:5:6:7:8]", "[1:2:3:4:5:6:7:8]", undefined],
    ["[1:2:3:4:5:6:1.2.3.4]", "[1:2:3:4:5:6:1.2.3.4]", undefined],
    ["[1:2:3:4:5:6::8]", "[1:2:3:4:5:6::8]", undefined],
  ])("splits %s into host and port", (text, host, port) => {
    expect(parseAuthority(text)).toEqual({ host, port });
  });

  it.each([
    "",
    ":80",
    "a b",
    "a/b",
    "a@b",
    "é",
    "%",
    "%4",
    "%4g",
    "a:0",
    "a:65536",
    "a:1:2",
    "a:+1",
    "a:1/",
    "a:1.0",
    "a:1:",
    "a:99999999999999999999",
    "[",
    "[]",
    "[::1",
    "::1",
    "[::1]80",
    "[::1]180",
    "[::1]a:80",
    "x[::1]",
    "[:]",
    "[:::]",
    "[1::2::3]",
    "[1:2:3::4:5:6::7:8]",
    "[1:2:3:4:5:6:7]",
    "[1:2:3:4:5:6:7:8:9]",
    "[1:2:3:4:5:6:7::8]",
    "[12345::]",
    "[g::]",
    "[::1.2.3]",
    "[::1.2.3.256]",
    "[::1.2.3.-1]",
    "[::1.2.3.04]",
    "[1.2.3.4::]",
    "[::1.2.3.4:5]",
    "[fe80::1%25eth0]",
    "[\u0011::]",
  ])("returns undefined for %j", (text) => {
    expect(parseAuthority(text)).toBeUndefined();
  });
});
