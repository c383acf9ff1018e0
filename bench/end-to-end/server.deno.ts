/** Our echo server in Deno. Prints its port. */
import { listen } from "@hybi/deno";
import { report } from "./reporter.ts";

const { port } = await listen({ host: "127.0.0.1" }, (opening) => {
  const socket = opening.accept();
  socket.binaryType = "arraybuffer";
  socket.onmessage = ({ data }) => socket.send(data);
});
report(port, () => globalThis.gc?.());
