/**
 * Who may open a WebSocket connection, and as which user.
 *
 * A browser lets a page of any site open a connection to yours, and sends your cookies along: the same-origin policy does
 * not apply to WebSocket, and there is no preflight. If a server relies on the cookie alone, a page of evil.example in the
 * browser of a logged-in user gets a connection in the user's name, both ways: cross-site WebSocket hijacking. So the server
 * checks Origin, which a page cannot forge (RFC 6455 §10.2), and in addition the cookie is SameSite. Origin proves nothing
 * about other programs, which may send any value; but they do not have other people's cookies.
 *
 * Where a cookie is not sent, for example to another host, there are tickets: a page fetches one with any credentials it
 * has, and uses it at once as a subprotocol, the only field that a page can choose. It is valid for ten seconds and for one
 * connection, so it matters little if it appears in a log; in a URL it would appear in more of them.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type IncomingOpening, upgrade, WebSocketServer } from "@hybi/node";
import { Accounts, type Session } from "./accounts.ts";

const subprotocol = "mail.v1";
const ticketPrefix = "ticket.";

/** Application-defined: the session that the connection belonged to has ended. */
const loggedOut = 4001;

export interface AuthServer {
  /** URL for HTTP. */
  readonly url: string;
  close(): Promise<void>;
}

/** Listens on 127.0.0.1 for pages of `origins`. */
export async function openAuthServer(origins: readonly string[]): Promise<AuthServer> {
  const accounts = new Accounts();
  // Clients from other origins are rejected with 403 before the handler is called.
  const sockets = new WebSocketServer((opening) => enter(opening, accounts), { origins });
  const server = createServer((request, response) => accounts.answer(request, response));
  server.on("upgrade", (request, socket, head) => upgrade(request, socket, head, sockets));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      await sockets.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

function enter(opening: IncomingOpening, accounts: Accounts): void {
  const session = whoAsks(opening, accounts);
  if (session === undefined) {
    // RFC 9110 §15.5.2: a 401 says how to authenticate.
    opening.reject({ status: 401, fields: [["WWW-Authenticate", "Basic"]] });
    return;
  }
  // The ticket was offered, but must not be selected, because that would send it back.
  const isOffered = opening.request.subprotocols.includes(subprotocol);
  const socket = opening.accept({ subprotocol: isOffered ? subprotocol : undefined });
  socket.send(`hello ${session.user}`);
  // A connection outlives the request that opened it: when what was checked no longer holds, the connection must end.
  const logOut = (): void => socket.close(loggedOut, "You have logged out.");
  session.signal.addEventListener("abort", logOut);
  socket.addEventListener("close", () => session.signal.removeEventListener("abort", logOut));
}

function whoAsks({ request }: IncomingOpening, accounts: Accounts): Session | undefined {
  const ticket = request.subprotocols.find((offered) => offered.startsWith(ticketPrefix));
  if (ticket !== undefined) return accounts.byTicket(ticket.slice(ticketPrefix.length));
  return accounts.byCookie(request.fields);
}
