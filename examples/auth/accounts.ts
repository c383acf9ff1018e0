/** The part that has nothing to do with WebSocket: who is who, over HTTP. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { basicCredentialsEqual, type Fields, parseCookies } from "@hybi/core";
import { Secrets } from "./secrets.ts";

/** Somebody who has logged in; aborted when he logs out. */
export interface Session {
  readonly user: string;
  readonly signal: AbortSignal;
}

/** A real server keeps slow, salted hashes. */
const passwords: readonly (readonly [user: string, password: string])[] = [
  ["ann", "correct horse"],
  ["bob", "battery staple"],
];

export class Accounts {
  readonly #sessions = new Secrets<Session & { readonly end: () => void }>(8 * 3_600_000);
  readonly #tickets = new Secrets<Session>(10_000);

  /** Whose session cookie is among `fields`. */
  byCookie(fields: Fields): Session | undefined {
    return this.#sessions.find(sessionCookie(fields));
  }

  /** Whose ticket it is; nobody's when it is shown again. */
  byTicket(ticket: string): Session | undefined {
    const session = this.#tickets.take(ticket);
    return session?.signal.aborted === false ? session : undefined;
  }

  /** POST /login, /ticket and /logout. */
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
    // All are compared, in a time that does not tell which came close.
    const [known] = passwords.filter((credentials) => basicCredentialsEqual(authorization, ...credentials));
    if (known === undefined) {
      refuse(response);
      return;
    }
    const controller = new AbortController();
    const secret = this.#sessions.issue({ user: known[0], signal: controller.signal, end: () => controller.abort() });
    // HttpOnly: no script reads it. SameSite: pages of other sites do not send it. Over https, add Secure.
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
