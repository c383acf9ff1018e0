/** One of several servers behind a proxy. It reports its name and the client it sees, and echoes messages with its name. */
import { type ListenOptions, listen, type Server } from "@hybi/node";
import { forwardedClient } from "./forwarded.ts";

/** The proxy runs on the same machine, and no client connects from there. */
const isTrusted = (address: string): boolean => address === "127.0.0.1";

export function openBackend(name: string, options: ListenOptions = {}): Promise<Server> {
  return listen(
    (opening) => {
      if (opening.request.resourceName === "/private") {
        opening.reject({ status: 403, body: `${name} rejects you` });
        return;
      }
      const socket = opening.accept();
      socket.onmessage = ({ data }) => socket.send(typeof data === "string" ? `${name}: ${data}` : data);
      socket.send(JSON.stringify({ name, ...forwardedClient(opening, isTrusted) }));
    },
    { host: "127.0.0.1", ...options },
  );
}
