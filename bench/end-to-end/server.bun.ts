/** An echo server in Bun: the built-in one, `ws`, or ours. Prints its port. */
import { listen } from "@hybi/bun";
import { echoing } from "./echoing.ts";
import { report, type Started } from "./reporter.ts";
import { address, serverOfKind, serverOptions } from "./server-options.ts";
import { startWs } from "./ws-servers.ts";

const options = serverOptions();

const starts: Readonly<Record<string, () => Promise<Started>>> = {
  ws: () => startWs(options, false, undefined),
  listen: () => listen(echoing("bytes"), { host: address }),
  native: async () => {
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
    return { port: server.port as number };
  },
};

report(await serverOfKind(starts, options.kind)(), () => Bun.gc(true));
