/** Our echo server in Deno. Prints its port. */
import { listen } from "@hybi/deno";
import { report } from "./reporter.ts";

const { port } = await listen(
  (opening) => {
    const socket = opening.accept();
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => socket.send(data);
  },
  { host: "127.0.0.1" },
);
report(port, () => globalThis.gc?.());
