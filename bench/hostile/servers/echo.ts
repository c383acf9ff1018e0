/** The handler of our echo servers, the one that stands first in the guide. */
import type { IncomingOpening } from "@hybi/websocket";

export function echo(opening: IncomingOpening): void {
  const socket = opening.accept();
  socket.onmessage = ({ data }) => socket.send(data);
}
