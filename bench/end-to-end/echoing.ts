/** The application of `listen` in all runtimes: it sends back what it gets. */
import type { BinaryType, OpeningHandler } from "@hybi/websocket";

/** The bytes are not changed after they are sent, as users of `ws` must promise as well; without it, they are copied. */
const owned = { owned: true };

/** Returns the handler of an echo server. With `"bytes"`, it replies with the bytes that arrived, and not with a copy. */
export function echoing(binaryType: BinaryType): OpeningHandler {
  return (opening) => {
    const socket = opening.accept();
    socket.binaryType = binaryType;
    if (binaryType === "bytes") socket.onmessage = ({ data }) => socket.send(data, owned);
    else socket.onmessage = ({ data }) => socket.send(data);
  };
}
