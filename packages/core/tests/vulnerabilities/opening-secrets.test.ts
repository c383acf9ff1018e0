/** The application's values in the opening handshake: line ends must not get in, credentials and timing must not leak. */
import { latin1Bytes, requestText } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { Endpoint } from "../../src/endpoint/endpoint.ts";
import { basicAuthorization, basicCredentialsEqual, secretsEqual } from "../../src/http/credentials.ts";
import type { FieldLine } from "../../src/http/fields.ts";
import { parseWebSocketUrl } from "../../src/opening/url.ts";
import { decideRedirect } from "../../src/policy/redirect.ts";
import { countingSource, usageErrorOf } from "../support/connections.ts";
import { negotiating, serverReceiving } from "../support/opening.ts";

/** Chars that would end a line, a head or a string, anywhere in a value. */
const breaks = ["\r\nX: injected", "\nX: injected", "\rX: injected", "\0", "\r\n\r\nGET / HTTP/1.1", "\u010a\u010d"];

describe("line ends in values of the application", () => {
  it.each(breaks)("%j never reaches a request [V19]", (injected) => {
    const random = countingSource();
    const field = (line: FieldLine) => ({ url: "ws://a/", random, fields: [line] });
    const attempts = [
      field(["X-A", `b${injected}`]),
      field([`X-A${injected}`, "b"]),
      { url: `ws://a/${injected}`, random },
      { url: `ws://a${injected}/`, random },
      { url: `ws://u${injected}:p@a/`, random },
      { authority: `a${injected}`, random },
      { authority: "a", resourceName: `/b${injected}`, random },
      { url: "ws://a/", random, subprotocols: [`b${injected}`] },
      { url: "ws://a/", random, origin: `http://b${injected}` },
      { url: "ws://a/", random, cookies: [["b", `c${injected}`]] as const },
      { url: "ws://a/", random, cookies: [[`b${injected}`, "c"]] as const },
      { url: "ws://a/", random, extensions: [negotiating(`b${injected}`)] },
      { url: "ws://a/", random, extensions: [negotiating("b", { offers: [[[`c${injected}`, undefined]]] })] },
      { url: "ws://a/", random, extensions: [negotiating("b", { offers: [[["c", `d${injected}`]]] })] },
    ];
    for (const options of attempts) expect(usageErrorOf(() => void Endpoint.client(options))).toBeDefined();
  });

  it.each(breaks)("%j never reaches a response [V19]", (injected) => {
    const attempts: ((server: ReturnType<typeof serverReceiving>["server"]) => void)[] = [
      (server) => server.accept({ fields: [["X-A", `b${injected}`]] }),
      (server) => server.accept({ fields: [[`X-A${injected}`, "b"]] }),
      (server) => server.accept({ subprotocol: `b${injected}` }),
      (server) => server.reject({ status: 403, reasonPhrase: `No${injected}` }),
      (server) => server.reject({ status: 403, fields: [["X-A", `b${injected}`]] }),
    ];
    for (const attempt of attempts) {
      const { server } = serverReceiving(requestText());
      expect(usageErrorOf(() => attempt(server))).toBeDefined();
      expect(server.takeOutput()).toEqual([]);
    }
  });
});

describe("a redirect to another origin", () => {
  const response = (location: string) => ({
    status: 307,
    reasonPhrase: "",
    minorVersion: 1,
    fields: [["Location", location]] as const,
  });
  const fields: readonly FieldLine[] = [
    ["AUTHORIZATION", "Bearer secret"],
    ["cookie", "session=secret"],
    ["Proxy-Authorization", "Basic secret"],
    ["X-Own", "1"],
  ];

  it.each([
    "wss://other.example/",
    "//other.example/",
    "wss://a.example:444/",
    "wss://sub.a.example/",
    "wss://a.example.evil.example/",
    "wss://other.example\\@a.example/",
    "wss://a.example@other.example/",
  ])("to %s drops the credentials, or is not followed [V05] [V24]", (location) => {
    const decision = decideRedirect(parseWebSocketUrl("wss://user:secret@a.example/"), response(location), fields, {
      limit: 5,
      followed: 0,
    });
    if (decision.type === "stay") expect(decision.reason).toBe("location-malformed");
    else {
      expect(decision.fields).toEqual([["X-Own", "1"]]);
      expect(decision.url.userinfo ?? "").not.toContain("secret");
    }
  });

  it("never leads from TLS to plain text, where others could read the credentials [V05] [V24]", () => {
    for (const location of ["ws://a.example/", "http://a.example/", "WS://a.example:443/"]) {
      const url = parseWebSocketUrl("wss://a.example/");
      expect(decideRedirect(url, response(location), fields, { limit: 5, followed: 0 }).type).toBe("stay");
    }
  });
});

describe("secrets", () => {
  /** How many bytes of `received` are read when it is compared with `expected`. */
  function readsOf(received: Uint8Array, expected: Uint8Array): number {
    let reads = 0;
    const counted = new Proxy(received, {
      get: (target, key) => {
        if (typeof key === "string" && /^\d+$/.test(key)) reads++;
        return Reflect.get(target, key, target);
      },
    });
    secretsEqual(counted, expected);
    return reads;
  }

  it("are compared in the same number of steps, wherever the first difference is, and whatever the expected length [V23]", () => {
    const secret = latin1Bytes("correct horse battery staple");
    const guesses = Array.from({ length: secret.length + 1 }, (_, right) => {
      const guess = secret.slice();
      for (let at = right; at < guess.length; at++) guess[at] = 0;
      return guess;
    });
    expect(new Set(guesses.map((guess) => readsOf(guess, secret)))).toEqual(new Set([secret.length]));
    for (const length of [0, 1, 27, 28, 29, 1000]) {
      expect(readsOf(secret, new Uint8Array(length))).toBe(secret.length);
    }
    expect(guesses.map((guess) => secretsEqual(guess, secret)).filter(Boolean)).toHaveLength(1);
  });

  it("in Basic credentials are both compared, even if the first is wrong [V23]", () => {
    const value = basicAuthorization("user", "password");
    expect(basicCredentialsEqual(value, "user", "password")).toBe(true);
    for (const [user, password] of [
      ["user", "passworD"],
      ["useR", "password"],
      ["user", "passwordx"],
      ["user", ""],
      ["", ""],
      ["userpassword", ""],
    ] as const) {
      expect(basicCredentialsEqual(value, user, password)).toBe(false);
    }
  });
});
