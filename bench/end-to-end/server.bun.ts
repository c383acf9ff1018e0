/** An echo server in Bun: the built-in one, or ours. Prints its port. */
import { listen } from "@hybi/bun";
import { report } from "./reporter.ts";

const address = "127.0.0.1";

function startNative(): number {
  const server = Bun.serve({
    hostname: address,
    port: 0,
    fetch(request, server) {
      return server.upgrade(request) ? undefined : new Response("", { status: 400 });
    },
    websocket: {
      message(socket, data) {
        socket.send(data);
      },
    },
  });
  return server.port as number;
}

async function startClass(): Promise<number> {
  const server = await listen(
    (opening) => {
      const socket = opening.accept();
      socket.binaryType = "arraybuffer";
      socket.onmessage = ({ data }) => socket.send(data);
    },
    { host: address },
  );
  return server.port;
}

report(process.argv[2] === "bun-native" ? startNative() : await startClass(), () => Bun.gc(true));
