/** The part that is independent of WebSocket: accounts, sessions and tickets, over HTTP. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { basicCredentialsEqual, type Fields, parseCookies } from "@hybi/node";
import { Secrets } from "./secrets.ts";

/** A logged-in user. The signal is aborted when the user logs out. */
export interface Session {
  readonly user: string;
  readonly signal: AbortSignal;
}

/** A real server stores slow, salted hashes. */
const passwords: readonly (readonly [user: string, password: string])[] = [
  ["ann", "correct horse"],
  ["bob", "battery staple"],
];

export class Accounts {
  readonly #sessions = new Secrets<Session & { readonly end: () => void }>(8 * 3_600_000);
  readonly #tickets = new Secrets<Session>(10_000);

  /** Returns the session of the cookie in `fields`. */
  byCookie(fields: Fields): Session | undefined {
    return this.#sessions.find(sessionCookie(fields));
  }

  /** Returns the session of a ticket. A ticket is valid only once. */
  byTicket(ticket: string): Session | undefined {
    const session = this.#tickets.take(ticket);
    return session?.signal.aborted === false ? session : undefined;
  }

  /** Handles POST /login, /ticket and /logout. */
  answer({ method, url, headers }: IncomingMessage, response: ServerResponse): void {
    const cookies: Fields = [["cookie", headers.cookie ?? ""]];
    const session = this.byCookie(cookies);
    const action = `${method} ${url}`;
    if (action === "POST /login") this.#login(headers.authorization, response);
    else if (session === undefined) refuse(response);
    else if (action === "POST /ticket") response.end(this.#tickets.issue(session));
    else if (action === "POST /logout") {
      this.#sessions.take(sessionCookie(cookies))?.end();
      response.writeHead(204).end();
    } else response.writeHead(404).end();
  }

  #login(authorization: string | undefined, response: ServerResponse): void {
    // Compare with all of them, in a time that does not reveal which one nearly matched.
    const [known] = passwords.filter((credentials) => basicCredentialsEqual(authorization, ...credentials));
    if (known === undefined) {
      refuse(response);
      return;
    }
    const controller = new AbortController();
    const secret = this.#sessions.issue({ user: known[0], signal: controller.signal, end: () => controller.abort() });
    // HttpOnly: hidden from scripts. SameSite: not sent by pages of other sites. Over https, add Secure.
    const cookie = `session=${secret}; HttpOnly; SameSite=Strict; Path=/`;
    response.writeHead(204, { "Set-Cookie": cookie }).end();
  }
}

function sessionCookie(fields: Fields): string {
  return parseCookies(fields).find(([name]) => name === "session")?.[1] ?? "";
}

function refuse(response: ServerResponse): void {
  response.writeHead(401, { "WWW-Authenticate": "Basic" }).end();
}
