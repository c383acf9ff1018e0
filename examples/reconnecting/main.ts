/**
 * A client that reconnects, to wherever the server is by then and with a fresh token, while messages sent meanwhile are
 * queued, within bounds: `npx pnpm example reconnecting/main.ts`.
 */
import { type EndedEvent, listen, reconnect, type Server, type WaitingEvent, WebSocket } from "@hybi/node";

/** Current address of the service, and a token for it: in a real application, the response of another service. */
const service = { url: "", token: "" };

async function openService(token: string): Promise<Server> {
  const server = await listen(
    (opening) => {
      const authorization = opening.request.fields.find(([name]) => name === "Authorization")?.[1];
      if (authorization !== `Bearer ${token}`) return opening.reject({ status: 401 });
      const socket = opening.accept();
      // Bytes are sent back unchanged.
      socket.onmessage = ({ data }) => socket.send(typeof data === "string" ? `${data}, with ${token}` : data);
    },
    { host: "127.0.0.1" },
  );
  Object.assign(service, { url: server.url, token });
  return server;
}

const first = await openService("token 1");

const client = reconnect(
  // Called for each attempt. An error it throws counts as a failed attempt.
  async (attempt) => {
    console.log(`attempt ${attempt}`);
    const { url, token } = await Promise.resolve(service);
    return new WebSocket(url, { fields: [["Authorization", `Bearer ${token}`]] });
  },
  {
    // Up to 5 s by default, random, so that not all clients of a server reconnect at once (RFC 6455 §7.2.3).
    firstDelay: 50,
    outbox: { messages: 2, bytes: 10_000 },
  },
);
client.addEventListener("message", ({ data }) => {
  if (typeof data !== "string") return;
  console.log(data);
  // One handler for all messages, because several may arrive in one turn.
  if (data.startsWith(awaited)) heard();
});

let awaited = "";
let heard: () => void = () => {};

/** Sends, or prints that there is no room. */
function say(text: string): void {
  if (!client.send(text)) console.log(`${text} is dropped: ${client.queuedLength} bytes are already queued`);
}

// Messages sent before the first connection is open are queued.
say("one");
await hear("one");

void first.close({ reason: "maintenance" });
const { outcome } = await next<WaitingEvent>("waiting");
console.log(`lost: ${outcome.code} ${outcome.reason}`);
say("two");
say("three");
say("four");
const second = await openService("token 2");
await hear("three");

// An invalid token is a permanent failure: a retry would fail in the same way.
client.socket?.terminate();
service.token = "one that the server does not know";
const ended = await next<EndedEvent>("ended");
const { failure } = ended.outcome;
console.log(`ended: ${failure?.kind === "rejected" ? failure.response.status : failure?.kind}, ${ended.why}`);
await second.close();

/** Resolves when a message begins with `text`. */
function hear(text: string): Promise<void> {
  awaited = text;
  return new Promise((resolve) => {
    heard = resolve;
  });
}

function next<Type extends Event>(type: string): Promise<Type> {
  return new Promise((resolve) => client.addEventListener(type, (event) => resolve(event as Type), { once: true }));
}
