/** Which clients get a connection and which do not: `npx pnpm example auth/main.ts`. */
import { type ConnectOptions, connect, type OpeningError, type WebSocket } from "@hybi/node";
import { openAuthServer } from "./auth-server.ts";

const origin = "https://mail.example";
const server = await openAuthServer([origin]);

/** Opens a connection as a browser would, and prints the result. */
async function open(who: string, options: ConnectOptions): Promise<WebSocket | undefined> {
  try {
    const socket = await connect(server.url.replace("http", "ws"), options);
    socket.onmessage = ({ data }) => console.log(`${who}: ${data}`);
    socket.onclose = ({ code, reason }) => console.log(`${who}: closed, ${code} ${reason}`);
    return socket;
  } catch (error) {
    const { failure } = error as OpeningError;
    if (failure.kind !== "rejected") throw error;
    console.log(`${who}: ${failure.response.status} ${failure.response.reasonPhrase}`);
    return undefined;
  }
}

async function post(path: string, headers: Record<string, string>): Promise<Response> {
  return fetch(server.url + path, { method: "POST", headers });
}

const login = await post("/login", { authorization: `Basic ${btoa("ann:correct horse")}` });
const [cookie = ""] = login.headers.getSetCookie().map((field) => field.split(";")[0]);
const withCookie: ConnectOptions = { origin, fields: [["Cookie", cookie]] };

const page = await open("a page of ours, logged in", withCookie);
await open("a page of ours, not logged in", { origin });
await open("a page of evil.example in the same browser", { ...withCookie, origin: "https://evil.example" });

const ticket = await (await post("/ticket", { cookie })).text();
const withTicket: ConnectOptions = { origin, protocols: ["mail.v1", `ticket.${ticket}`] };
const other = await open("with a ticket", withTicket);
await open("with the same ticket again", withTicket);

other?.close(1000, "enough");
await new Promise((resolve) => other?.addEventListener("close", resolve));
await post("/logout", { cookie });
await new Promise((resolve) => page?.addEventListener("close", resolve));
await open("after logging out", withCookie);
await server.close();
