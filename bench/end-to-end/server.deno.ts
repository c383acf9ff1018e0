/** An echo server in Deno: the built-in one, `ws`, or ours. Prints its port. */
import { listen } from "@hybi/deno";
import { echoing } from "./echoing.ts";
import { report, type Started } from "./reporter.ts";
import { address, serverOfKind, serverOptions } from "./server-options.ts";
import { startWs } from "./ws-servers.ts";

const options = serverOptions();

const starts: Readonly<Record<string, () => Promise<Started>>> = {
  ws: () => startWs(options, false, undefined),
  listen: () => listen(echoing("bytes"), { host: address }),
  native: async () => {
    const server = Deno.serve({ hostname: address, port: 0, onListen() {} }, (request) => {
      const { socket, response } = Deno.upgradeWebSocket(request);
      socket.binaryType = "arraybuffer";
      socket.onmessage = ({ data }) => socket.send(data);
      return response;
    });
    return { port: server.addr.port };
  },
};

report(await serverOfKind(starts, options.kind)(), () => globalThis.gc?.());
