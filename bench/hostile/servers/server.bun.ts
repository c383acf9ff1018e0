/** Echo servers in Bun, each with its defaults and with compression: ours, or the built-in one. */
import { readFileSync } from "node:fs";
import { listen, permessageDeflate } from "@hybi/bun";
import { type Announcement, announce } from "./announce.ts";
import { budget, echo, memoryBudget } from "./echo.ts";

const host = "127.0.0.1";
const [name, certFile = "", keyFile = ""] = process.argv.slice(2);
const tls = { cert: readFileSync(certFile, "utf8"), key: readFileSync(keyFile, "utf8") };

async function startOurs(): Promise<Announcement> {
  const extensions = [permessageDeflate()];
  const server = await listen(echo, { host, extensions, memoryBudget });
  const secure = await listen(echo, { host, extensions, memoryBudget, tls });
  return { title: `hybi in Bun ${Bun.version}`, port: server.port, tlsPort: secure.port, budget };
}

function startNative(tls?: { readonly cert: string; readonly key: string }): number {
  const server = Bun.serve({
    hostname: host,
    port: 0,
    ...(tls !== undefined && { tls }),
    fetch(request, server) {
      return server.upgrade(request) ? undefined : new Response("", { status: 400 });
    },
    websocket: {
      perMessageDeflate: true,
      message(socket, data) {
        socket.send(data);
      },
    },
  });
  return server.port as number;
}

const native = (): Announcement => ({
  title: `Bun.serve in Bun ${Bun.version}`,
  port: startNative(),
  tlsPort: startNative(tls),
});
announce(name === "bun-native" ? native() : await startOurs(), () => Bun.gc(true));
