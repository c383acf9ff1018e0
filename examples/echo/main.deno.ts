/** The echo server in Deno; see `main.ts`. */
import { DenoTransport } from "@hybi/deno";
import { echo } from "./echo.ts";
import { announce, readFlags } from "./flags.ts";

const options = await readFlags(Deno.args);
const { port, tls } = options;
const where = { hostname: "127.0.0.1", port };
const listener: Deno.Listener = tls === undefined ? Deno.listen(where) : Deno.listenTls({ ...where, ...tls });
announce(options, (listener.addr as Deno.NetAddr).port);
for await (const conn of listener) echo(new DenoTransport(conn), options);
