import type { ExtensionParameters } from "@hybi/core";
import { describe, expect, it } from "vitest";
import { checkResponse, directionsOf, offersOf, respond } from "./negotiation.ts";
import { type PermessageDeflateOptions, resolveOptions } from "./options.ts";
import { formatParameters } from "./parameters.ts";

/** Formats parameters as in the field. */
function text(parameters: ExtensionParameters): string {
  return parameters.map(([name, value]) => (value === undefined ? name : `${name}=${value}`)).join("; ");
}

function parameters(written: string): ExtensionParameters {
  return written
    .split("; ")
    .filter((part) => part !== "")
    .map((part) => [part.split("=")[0] ?? "", part.split("=")[1]]);
}

const offers = (options: PermessageDeflateOptions = {}) =>
  offersOf(resolveOptions(options)).map((offer) => text(formatParameters(offer)));
const answer = (offer: string, options: PermessageDeflateOptions = {}) => {
  const response = respond(parameters(offer), resolveOptions(options));
  return response === undefined ? undefined : text(formatParameters(response));
};
const check = (response: string, options: PermessageDeflateOptions = {}) =>
  checkResponse(parameters(response), offersOf(resolveOptions(options)));

describe("offersOf", () => {
  it("offers the weakest requirements, and lets the server choose the client's window", () => {
    expect(offers()).toEqual(["client_max_window_bits"]);
    expect(offers({ clientMaxWindowBits: false })).toEqual([""]);
  });

  it("includes what the client does on its own", () => {
    expect(offers({ clientNoContextTakeover: true, clientMaxWindowBits: 9 })).toEqual([
      "client_no_context_takeover; client_max_window_bits=9",
    ]);
  });

  it("includes what the server is asked to do, with a fallback offer on request", () => {
    const asking = { serverNoContextTakeover: true, serverMaxWindowBits: 10 } as const;
    expect(offers(asking)).toEqual(["server_no_context_takeover; server_max_window_bits=10; client_max_window_bits"]);
    expect(offers({ ...asking, fallback: true })).toEqual([
      "server_no_context_takeover; server_max_window_bits=10; client_max_window_bits",
      "client_max_window_bits",
    ]);
    expect(offers({ serverNoContextTakeover: true })).toEqual(["server_no_context_takeover; client_max_window_bits"]);
    expect(offers({ fallback: true })).toEqual(["client_max_window_bits"]);
  });
});

describe("checkResponse", () => {
  it("accepts unrequested parameters that the server may choose [E11]", () => {
    expect(check("")).toBeUndefined();
    expect(check("server_no_context_takeover; client_no_context_takeover; server_max_window_bits=8")).toBeUndefined();
    expect(check("client_max_window_bits=8")).toBeUndefined();
  });

  it("returns a fault when the client's window was not offered [E10]", () => {
    expect(check("client_max_window_bits=15", { clientMaxWindowBits: false })).toBe(
      "client_max_window_bits was not offered",
    );
  });

  it("returns a fault when the server's window is missing or too large [E12]", () => {
    expect(check("server_max_window_bits=10", { serverMaxWindowBits: 10 })).toBeUndefined();
    expect(check("server_max_window_bits=9", { serverMaxWindowBits: 10 })).toBeUndefined();
    expect(check("server_max_window_bits=11", { serverMaxWindowBits: 10 })).toBe(
      "server_max_window_bits must be 10 or less",
    );
    expect(check("", { serverMaxWindowBits: 10 })).toBe("server_max_window_bits must be 10 or less");
  });

  it("returns a fault when the server keeps its context although asked not to [E13]", () => {
    expect(check("server_no_context_takeover", { serverNoContextTakeover: true })).toBeUndefined();
    expect(check("", { serverNoContextTakeover: true })).toBe("server_no_context_takeover is missing");
  });

  it("accepts a response that meets the fallback offer", () => {
    expect(check("", { serverNoContextTakeover: true, serverMaxWindowBits: 9, fallback: true })).toBeUndefined();
    expect(
      check("client_max_window_bits=9", { serverMaxWindowBits: 9, fallback: true, clientMaxWindowBits: false }),
    ).toBe("client_max_window_bits was not offered");
  });

  it.each(["unknown", "server_max_window_bits", "client_max_window_bits", "server_no_context_takeover=1"])(
    "returns a fault for a malformed response with %s [E05]",
    (response) => expect(check(response)).toContain(response.split("=")[0]),
  );
});

describe("respond", () => {
  it("agrees to what the client asks for [E12] [E13]", () => {
    expect(answer("")).toBe("");
    expect(answer("server_no_context_takeover")).toBe("server_no_context_takeover");
    expect(answer("server_max_window_bits=8")).toBe("server_max_window_bits=8");
    expect(answer("server_max_window_bits=15")).toBe("server_max_window_bits=15");
  });

  it("follows the client's hints, which save memory", () => {
    expect(answer("client_no_context_takeover")).toBe("client_no_context_takeover");
    expect(answer("client_max_window_bits")).toBe("");
    expect(answer("client_max_window_bits=10")).toBe("client_max_window_bits=10");
    expect(answer("client_max_window_bits=10", { clientMaxWindowBits: false })).toBe("");
  });

  it("includes what its options require", () => {
    const all = {
      serverNoContextTakeover: true,
      clientNoContextTakeover: true,
      serverMaxWindowBits: 10,
      clientMaxWindowBits: 11,
    } as const;
    expect(answer("client_max_window_bits", all)).toBe(
      "server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=11",
    );
    expect(
      answer("client_max_window_bits=9; server_max_window_bits=12", { ...all, serverNoContextTakeover: false }),
    ).toBe("client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=9");
  });

  it("declines a client that cannot be asked to use a smaller window [E10]", () => {
    expect(answer("", { clientMaxWindowBits: 10 })).toBeUndefined();
  });

  it.each([
    "unknown",
    "server_max_window_bits",
    "client_max_window_bits=16",
    "client_max_window_bits; client_max_window_bits",
  ])("declines an offer with %s [E04]", (offer) => expect(answer(offer)).toBeUndefined());
});

describe("directionsOf", () => {
  const directions = (role: "client" | "server", options: PermessageDeflateOptions = {}) =>
    directionsOf(
      {
        serverNoContextTakeover: true,
        clientNoContextTakeover: false,
        serverMaxWindowBits: 12,
        clientMaxWindowBits: undefined,
      },
      role,
      resolveOptions(options),
    );

  it("returns what each endpoint sends and receives", () => {
    const server = { windowBits: 12, takeover: false };
    const client = { windowBits: 15, takeover: true };
    expect(directions("server")).toEqual({ sending: server, receiving: client });
    expect(directions("client")).toEqual({ sending: client, receiving: server });
  });

  it("uses less than agreed in its own direction when the options say so", () => {
    const less = { serverMaxWindowBits: 9, clientMaxWindowBits: 10, clientNoContextTakeover: true } as const;
    expect(directions("server", less).sending).toEqual({ windowBits: 9, takeover: false });
    expect(directions("server", less).receiving).toEqual({ windowBits: 15, takeover: true });
    expect(directions("client", less).sending).toEqual({ windowBits: 10, takeover: false });
    expect(directions("client", less).receiving).toEqual({ windowBits: 12, takeover: false });
  });
});
