/** The echo server in Bun; see `main.ts`. */
import { BunTransport, socketHandlers } from "@hybi/bun";
import { echo } from "./echo.ts";
import { announce, readFlags } from "./flags.ts";

const options = await readFlags(process.argv.slice(2));
const { port, tls } = options;
const listener = Bun.listen<BunTransport | undefined>({
  hostname: "127.0.0.1",
  port,
  allowHalfOpen: true,
  data: undefined,
  ...(tls !== undefined && { tls }),
  socket: {
    ...(socketHandlers as object),
    open(socket) {
      socket.data = new BunTransport(socket as never);
      echo(socket.data, options);
    },
  },
});
announce(options, listener.port);
