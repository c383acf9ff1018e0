/** One of several servers behind a proxy. It tells who it is and whom it sees, and sends back what it is sent, with its name. */
import { type ListenOptions, listen, type Server } from "@hybi/node";
import { forwardedClient } from "./forwarded.ts";

/** The proxy runs on the same machine, and nobody else comes from there. */
const isTrusted = (address: string): boolean => address === "127.0.0.1";

export function openBackend(name: string, options: ListenOptions = {}): Promise<Server> {
  return listen({ host: "127.0.0.1", ...options }, (opening) => {
    if (opening.request.resourceName === "/private") {
      opening.reject({ status: 403, body: `${name} keeps you out` });
      return;
    }
    const socket = opening.accept();
    socket.onmessage = ({ data }) => socket.send(typeof data === "string" ? `${name}: ${data}` : data);
    socket.send(JSON.stringify({ name, ...forwardedClient(opening, isTrusted) }));
  });
}
