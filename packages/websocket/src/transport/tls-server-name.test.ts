import { expect, it } from "vitest";
import { tlsServerName } from "./tls-server-name.ts";

it("a server name has no trailing dot, and an IP address is none", () => {
  const names = [
    "example.com",
    "example.com.",
    "1.example",
    "127.0.0.1",
    "127.0.0.1.",
    "::1",
    "fe80::1%eth0",
    "1.2.3.4.5",
  ];
  expect(names.map(tlsServerName)).toEqual(["example.com", "example.com", "1.example", "", "", "", "", "1.2.3.4.5"]);
});
