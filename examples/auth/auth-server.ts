/**
 * Who may open a WebSocket connection, and as whom.
 *
 * A browser lets a page of any site open a connection to yours, and sends your cookies along: the rule of the same origin does
 * not hold for WebSocket, and there is no preflight. A server that goes by the cookie alone gives a page of evil.example, in
 * the browser of somebody who is logged in, a connection in his name, both ways: cross-site WebSocket hijacking. So the
 * server looks at Origin, which a page cannot forge (RFC 6455 §10.2), and the cookie is SameSite besides. Origin says nothing
 * about programs, which write into it what they like; but they have no cookies of other people.
 *
 * Where a cookie is not sent, to another host for example, there are tickets: a page fetches one with whatever it has, and
 * shows it at once as a subprotocol, the only field that a page can choose. It holds for ten seconds and for one connection,
 * so that it matters little when it stands in a log; in a URL it would stand in more of them.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { upgrade, WebSocketServer } from "@hybi/node";
import type { IncomingOpening } from "@hybi/websocket";
import { Accounts, type Session } from "./accounts.ts";

const subprotocol = "mail.v1";
const ticketPrefix = "ticket.";

/** Of the application: the session that the connection belonged to is over. */
const loggedOut = 4001;

export interface AuthServer {
  /** Of HTTP. */
  readonly url: string;
  close(): Promise<void>;
}

/** Listens on 127.0.0.1 for pages of `origins`. */
export async function openAuthServer(origins: readonly string[]): Promise<AuthServer> {
  const accounts = new Accounts();
  // Who comes from elsewhere gets 403, before the handler is asked.
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
    // RFC 9110 §15.5.2: a 401 says how to do better.
    opening.reject({ status: 401, fields: [["WWW-Authenticate", "Basic"]] });
    return;
  }
  // The ticket was offered, and is never the answer: it would be sent back.
  const isOffered = opening.request.subprotocols.includes(subprotocol);
  const socket = opening.accept({ subprotocol: isOffered ? subprotocol : undefined });
  socket.send(`hello ${session.user}`);
  // A connection outlives the request that opened it: what was checked then must end it when it no longer holds.
  const logOut = (): void => socket.close(loggedOut, "You have logged out.");
  session.signal.addEventListener("abort", logOut);
  socket.addEventListener("close", () => session.signal.removeEventListener("abort", logOut));
}

function whoAsks({ request }: IncomingOpening, accounts: Accounts): Session | undefined {
  const ticket = request.subprotocols.find((offered) => offered.startsWith(ticketPrefix));
  if (ticket !== undefined) return accounts.byTicket(ticket.slice(ticketPrefix.length));
  return accounts.byCookie(request.fields);
}
