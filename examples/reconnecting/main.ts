/**
 * A client that comes back, to wherever the server is by then and with a token that is fresh, while what is said meanwhile
 * waits, within bounds: `npx pnpm example reconnecting/main.ts`.
 */
import { listen, type Server, WebSocket } from "@hybi/node";
import { type EndedEvent, reconnect, type WaitingEvent } from "@hybi/websocket";

/** Where the service is just now, and a token for it: in life, an answer of some other service. */
const service = { url: "", token: "" };

async function openService(token: string): Promise<Server> {
  const server = await listen({ host: "127.0.0.1" }, (opening) => {
    const authorization = opening.request.fields.find(([name]) => name === "Authorization")?.[1];
    if (authorization !== `Bearer ${token}`) return opening.reject({ status: 401 });
    const socket = opening.accept();
    // Bytes go back as they are.
    socket.onmessage = ({ data }) => socket.send(typeof data === "string" ? `${data}, with ${token}` : data);
  });
  Object.assign(service, { url: server.url, token });
  return server;
}

const first = await openService("token 1");

const client = reconnect(
  // Called anew for each attempt. What it throws counts as an attempt that failed.
  async (attempt) => {
    console.log(`attempt ${attempt}`);
    const { url, token } = await Promise.resolve(service);
    return new WebSocket(url, { fields: [["Authorization", `Bearer ${token}`]] });
  },
  {
    // Up to 5 s by default, at random, so that not all clients of a server come back to it at once (RFC 6455 §7.2.3).
    firstDelay: 50,
    outbox: { messages: 2, bytes: 10_000 },
  },
);
client.addEventListener("message", ({ data }) => {
  if (typeof data !== "string") return;
  console.log(data);
  // A handler for all messages: several may come in one turn.
  if (data.startsWith(awaited)) heard();
});

let awaited = "";
let heard: () => void = () => {};

/** Sends, or says that there is no place for it. */
function say(text: string): void {
  if (!client.send(text)) console.log(`${text} is dropped: ${client.queuedLength} bytes wait already`);
}

// What is said before the first connection is open waits for it.
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

// A token that is not good is nothing that passes: the same again would end the same.
client.socket?.terminate();
service.token = "one that the server does not know";
const ended = await next<EndedEvent>("ended");
console.log(`ended: ${ended.outcome.status}, ${ended.why}`);
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
