import { describe, expect, it } from "vitest";
import { addressKey, isPublicAddress } from "./remote-address.ts";

describe("addressKey", () => {
  it.each([
    ["203.0.113.7", "203.0.113.7"],
    ["::ffff:203.0.113.7", "203.0.113.7"],
    ["::ffff:cb00:7107", "203.0.113.7"],
    ["::FFFF:203.0.113.007", "203.0.113.7"],
    ["203.0.113.7%eth0", "203.0.113.7"],
    ["64:ff9b::203.0.113.7", "203.0.113.7"],
    ["2001:db8::1", "2001:db8:0:0:ffff:ffff:ffff:ffff"],
    ["2001:DB8:0:0:1::", "2001:db8::2"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"],
    ["fe80::1%eth0", "fe80::2"],
    ["2001:db8:0:0:0:0:203.0.113.7", "2001:db8::"],
  ])("is the same for %s and %s, which a single client may own [A10]", (one, other) => {
    expect(addressKey(one)).toBe(addressKey(other));
  });

  it.each([
    ["203.0.113.7", "203.0.113.8"],
    ["203.0.113.7", "203.0.11.37"],
    ["2001:db8::1", "2001:db8:0:1::1"],
    ["64:ff9b::203.0.113.7", "64:ff9b::203.0.113.8"],
    ["::1", "::ffff:0.0.0.1"],
    ["::ffff:1234", "::ffff:0:1234"],
  ])("differs between %s and %s [A10]", (one, other) => {
    expect(addressKey(one)).not.toBe(addressKey(other));
  });

  it.each([
    "",
    "there",
    "1.2.3",
    "1.2.3.256",
    "1.2.3.4.5",
    "1.2.3.x",
    "1.2.3.",
    ".1.2.3",
    "1..2.3",
    "1.2.3.0004",
    "::ffff:1.2.3",
    "1:2:3",
    "1::2::3",
    "1:2:3:4:5:6:7::8",
    "1:2:3:4:5:6:7:x",
    "::1.2.3",
    "12345::",
  ])("is %j itself, which is not a public address [A10]", (text) => {
    expect([addressKey(text), isPublicAddress(text)]).toEqual([text, false]);
  });
});

describe("isPublicAddress", () => {
  it.each([
    "203.0.113.7",
    "172.15.0.1",
    "172.32.0.1",
    "100.63.0.1",
    "100.128.0.1",
    "192.167.0.1",
    "11.0.0.1",
    "2001:db8::1",
    "::ffff:203.0.113.7",
    "64:ff9b::203.0.113.7",
    "ff02::1",
  ])("is true for %s [A10]", (address) => expect(isPublicAddress(address)).toBe(true));

  it.each([
    "127.0.0.1",
    "127.255.0.1",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.1.1",
    "100.64.0.1",
    "100.127.255.255",
    "::1",
    "::",
    "::ffff:10.0.0.1",
    "fc00::1",
    "fdff::1",
    "fe80::1%eth0",
    "febf::1",
  ])("is false for %s, which a proxy next to the server may have [A10]", (address) =>
    expect(isPublicAddress(address)).toBe(false),
  );
});
