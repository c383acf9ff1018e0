/** `onRedirect`: the application's say in each redirect. */
import type { Fields } from "@hybi/core/opening";
import { describe, expect, it } from "vitest";
import type { Redirect } from "../../src/client/redirect-hook.ts";
import type { ClientSocketOptions } from "../../src/client/socket-options.ts";
import type { WebSocket } from "../../src/client/websocket.ts";
import { whenOpen } from "../../src/client/when-open.ts";
import { turn, until } from "../support/clock.ts";
import { story, World } from "../support/link.ts";

const fields: Fields = [
  ["Authorization", "Bearer x"],
  ["X-Own", "1"],
];

/** A server that redirects by path, as `next` says, and the requests that it has seen. */
function createWorld(next: Record<string, string>): { world: World; seen: string[] } {
  const seen: string[] = [];
  const world: World = new World({
    handler(opening) {
      const { authority, resourceName, fields } = opening.request;
      const own = fields.filter(([name]) => /^(Authorization|Cookie|X-)/.test(name));
      seen.push([authority + resourceName, ...own.map((line) => line.join("="))].join(" "));
      const location = next[resourceName];
      if (location === undefined) opening.accept();
      else opening.reject({ status: 307, fields: [["Location", location]] });
    },
  });
  return { world, seen };
}

const twice = { "/": "/within", "/within": "ws://other.example/end" };

function open(world: World, options: ClientSocketOptions): WebSocket {
  return new world.WebSocket("ws://user:pw@example.com/", { followRedirects: 5, ...options });
}

describe("onRedirect", () => {
  it("is called for each redirect, with both URLs, without passwords, and with what would be sent [C15]", async () => {
    const { world, seen } = createWorld(twice);
    const redirects: Redirect[] = [];
    const socket = open(world, { fields, onRedirect: (redirect) => void redirects.push(redirect) as undefined });
    await whenOpen(socket);
    expect(redirects).toMatchObject([
      { from: "ws://example.com/", to: "ws://example.com/within", sameOrigin: true, fields, response: { status: 307 } },
      { from: "ws://example.com/within", to: "ws://other.example/end", sameOrigin: false, fields: [["X-Own", "1"]] },
    ]);
    expect(seen.at(-1)).toBe("other.example/end X-Own=1");
    socket.terminate();
  });

  it("refuses a redirect by returning false: the response is the failure", async () => {
    const { world, seen } = createWorld(twice);
    const socket = open(world, { onRedirect: ({ sameOrigin }) => sameOrigin });
    const error = await whenOpen(socket).catch((thrown) => thrown);
    expect(error.failure).toMatchObject({ kind: "rejected", response: { status: 307 } });
    expect(seen).toHaveLength(2);
  });

  it("changes the fields of the next request, even with credentials, and cookies stay with their origin [C15] [V05]", async () => {
    const { world, seen } = createWorld({ ...twice, "/end": "/last" });
    const socket = open(world, {
      fields: [["X-Own", "1"]],
      cookies: [["a", "b"]],
      onRedirect: ({ to, sameOrigin }) =>
        sameOrigin ? undefined : { fields: [["Authorization", `for ${new URL(to).host}`]] },
    });
    await whenOpen(socket);
    expect(seen).toEqual([
      "example.com/ Cookie=a=b X-Own=1 Authorization=Basic dXNlcjpwdw==",
      "example.com/within Cookie=a=b X-Own=1 Authorization=Basic dXNlcjpwdw==",
      "other.example/end Authorization=for other.example",
      "other.example/last Authorization=for other.example",
    ]);
    socket.terminate();
  });

  it.each<[string, unknown, RegExp | string]>([
    ["throws", new Error("no idea"), "no idea"],
    ["returns a promise", Promise.resolve(false), /and no promise/],
    ["returns another kind of value", "yes", /onRedirect returns false/],
    ["returns fields that are none", { fields: { a: "b" } }, /fields must be a list/],
    ["returns a misspelled member", { field: [] }, /field is not an option of what onRedirect returns.*fields/],
    ["returns fields that cannot be sent", { fields: [["Host", "x"]] }, /Host/],
  ])("is reported when it %s, and the opening fails with that", async (_, result, message) => {
    const { world, seen } = createWorld(twice);
    const errors: Error[] = [];
    const socket = open(world, {
      onError: (error) => errors.push(error as Error),
      onRedirect() {
        if (result instanceof Error) throw result;
        return result as never;
      },
    });
    const error = await whenOpen(socket).catch((thrown) => thrown);
    expect(error.failure).toEqual({ kind: "given-up", error: errors[0] });
    expect(errors).toMatchObject([{ message: typeof message === "string" ? message : expect.stringMatching(message) }]);
    expect(seen).toHaveLength(1);
    // The next opening to this host has its turn, and the server has no connection left.
    const next = new world.WebSocket("ws://example.com/end");
    await whenOpen(next);
    next.terminate();
    await until(() => world.server.connections === 0);
  });

  it.each(["throws", "returns a promise that rejects"])("that %s is only the failure without onError", async (how) => {
    const { world } = createWorld(twice);
    const reason = new Error("no idea");
    const socket = open(world, {
      onRedirect() {
        if (how === "throws") throw reason;
        return Promise.reject(reason) as never;
      },
    });
    const error = await whenOpen(socket).catch((thrown) => thrown);
    if (how === "throws") expect(error.failure).toEqual({ kind: "given-up", error: reason });
    else expect(error.message).toContain("no promise");
    await turn();
    // Nothing is uncaught.
    expect(world.clock.reported).toEqual([]);
  });

  it("is reported twice when it returns a promise that rejects: for the promise, and for what it rejects with", async () => {
    const { world } = createWorld(twice);
    const errors: unknown[] = [];
    const rejection = new Error("asynchronously");
    const socket = open(world, {
      onError: (error) => errors.push(error),
      onRedirect: () => Promise.reject(rejection) as never,
    });
    await expect(whenOpen(socket)).rejects.toThrow("no promise");
    await until(() => errors.length === 2);
    expect(errors).toContain(rejection);
  });

  it.each(["close", "terminate"] as const)("may %s the socket: no further request is sent", async (action) => {
    const { world, seen } = createWorld(twice);
    const socket: WebSocket = open(world, { onRedirect: () => void socket[action]() as undefined });
    const events = story(socket);
    await until(() => socket.readyState === 3);
    expect(events.at(-1)).toBe("close 3 1006 unclean");
    await until(() => world.server.connections === 0);
    expect(seen).toHaveLength(1);
  });

  it("is not called where no redirect would be followed", async () => {
    const { world } = createWorld(twice);
    let count = 0;
    const onRedirect = (): undefined => {
      count++;
    };
    for (const options of [{ followRedirects: 0 }, {}]) {
      const socket = new world.WebSocket("ws://example.com/", { ...options, onRedirect });
      await whenOpen(socket).catch(() => {});
    }
    expect(count).toBe(0);
  });

  it("is a function", () => {
    const { world } = createWorld({});
    expect(() => open(world, { onRedirect: true as never })).toThrow("onRedirect must be a function");
  });
});
