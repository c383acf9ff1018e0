import { connect, type OpeningError } from "@hybi/node";
import { describe, expect, it, onTestFinished } from "vitest";
import { run } from "../tests/program.ts";
import { openAuthServer } from "./auth-server.ts";
import { Secrets } from "./secrets.ts";

describe("Secrets", () => {
  it("find their value until they expire", () => {
    let now = 0;
    const secrets = new Secrets<string>(1_000, () => now);
    const first = secrets.issue("ann");
    now = 500;
    const second = secrets.issue("bob");
    now = 999;
    expect([secrets.find(first), secrets.find(first), secrets.find(second)]).toEqual(["ann", "ann", "bob"]);
    now = 1_000;
    expect([secrets.find(first), secrets.find(second)]).toEqual([undefined, "bob"]);
    expect(second).toMatch(/^[\w-]{43}$/);
    expect(secrets.find("")).toBe(undefined);
  });

  it("can be taken once", () => {
    const secrets = new Secrets<string>(1_000);
    const secret = secrets.issue("ann");
    expect([secrets.take(secret), secrets.take(secret)]).toEqual(["ann", undefined]);
  });
});

describe("the server that authenticates", () => {
  it("rejects a wrong password, an invented session, and the ticket of a user who has logged out", async () => {
    const server = await openAuthServer([]);
    onTestFinished(() => server.close());
    const post = (path: string, headers: Record<string, string>): Promise<Response> =>
      fetch(server.url + path, { method: "POST", headers });
    const status = async (cookie: string, protocols: readonly string[] = []): Promise<number | undefined> => {
      const opening = connect(server.url.replace("http", "ws"), { protocols, fields: [["Cookie", cookie]] });
      return opening.then(
        (socket) => {
          socket.close();
          return 101;
        },
        ({ failure }: OpeningError) => (failure.kind === "rejected" ? failure.response.status : undefined),
      );
    };
    for (const credentials of ["ann:wrong", "ann:battery staple", "eve:", ":", "%"]) {
      const authorization = `Basic ${btoa(credentials)}`;
      expect((await post("/login", { authorization })).status).toBe(401);
    }
    expect((await post("/login", { authorization: "Basic \u00ff" })).status).toBe(401);
    expect((await post("/ticket", { cookie: "session=" })).status).toBe(401);
    expect(await status("session=")).toBe(401);

    const login = await post("/login", { authorization: `Basic ${btoa("bob:battery staple")}` });
    const [cookie = ""] = login.headers.getSetCookie();
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/);
    const ticket = await (await post("/ticket", { cookie })).text();
    expect(await status(`other=1; ${cookie}`)).toBe(101);
    await post("/logout", { cookie });
    expect(await status("", ["mail.v1", `ticket.${ticket}`])).toBe(401);
    expect(await status(cookie)).toBe(401);
  });
});

describe("the example of authentication", () => {
  it("accepts a page of ours with a session or a ticket, and nothing else", async () => {
    expect(await run(["auth/main.ts"])).toEqual([
      "a page of ours, logged in: hello ann",
      "a page of ours, not logged in: 401 Unauthorized",
      "a page of evil.example in the same browser: 403 Forbidden",
      "with a ticket: hello ann",
      "with the same ticket again: 401 Unauthorized",
      "with a ticket: closed, 1000 ",
      "a page of ours, logged in: closed, 4001 You have logged out.",
      "after logging out: 401 Unauthorized",
    ]);
  });
});
