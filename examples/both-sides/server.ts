/** The server to which both sides connect. */
import { listen, type Server } from "@hybi/node";

/** Starts it; `refusing` is a URL that it rejects. */
export async function serve(): Promise<{ server: Server; refusing: string }> {
  const server = await listen(
    (opening) => {
      if (opening.request.resourceName === "/refused") return opening.reject({ status: 403 });
      const socket = opening.accept({ subprotocol: "echo" });
      socket.onmessage = ({ data }) => socket.send(data);
    },
    // Any page may connect; what it sends comes back, and nothing else.
    { host: "127.0.0.1", origins: "any" },
  );
  return { server, refusing: new URL("/refused", server.url).href };
}

/** What `converse` and `fail` have seen, in every runtime. */
export const expected = {
  conversation: ["open, echo, true", "text Grüße 👋", "bytes 0,255,1", "closed, 4000, true"],
  failure: ["error", "closed, 1006, false"],
} as const;
