import { parseWebSocketUrl } from "@hybi/core/opening";
import { describe, expect, it } from "vitest";
import { createTransportPair } from "../transport/pair.ts";
import { destinationOf, hostDestination } from "./destination.ts";

const of = (url: string): string => hostDestination(parseWebSocketUrl(url));

describe("hostDestination", () => {
  it("is the same for all names of this machine, and for a name with a trailing dot [R30]", () => {
    for (const host of ["localhost", "localhost.", "a.localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "[::]"]) {
      expect(of(`ws://${host}:8080/`)).toBe("localhost:8080");
    }
    expect(of("ws://example.com./")).toBe(of("wss://example.com:80/"));
  });

  it("distinguishes hosts and ports [R30]", () => {
    const hosts = ["localhost:1", "localhost:2", "127.0.0.2:1", "a.example:1", "b.example:1", "localhost.example:1"];
    expect(new Set(hosts.map((host) => of(`ws://${host}/`))).size).toBe(hosts.length);
  });
});

describe("destinationOf", () => {
  const url = parseWebSocketUrl("ws://example.com/");

  it("asks the adapter, and falls back to the host when the adapter has no answer or throws [R30]", () => {
    const withDestination = (destination: () => string | undefined) =>
      destinationOf(
        Object.assign(() => createTransportPair()[0], { destination }),
        url,
        {},
      );
    expect(withDestination(() => "unix:/a")).toBe("unix:/a");
    expect(withDestination(() => undefined)).toBe("example.com:80");
    expect(
      withDestination(() => {
        throw new TypeError("no such options");
      }),
    ).toBe("example.com:80");
    for (const silent of [undefined, () => createTransportPair()[0]])
      expect(destinationOf(silent, url, {})).toBe("example.com:80");
  });
});
