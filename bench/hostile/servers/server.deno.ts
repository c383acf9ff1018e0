/** Our echo server in Deno, with its defaults and with compression. */
import { readFileSync } from "node:fs";
import { listen, permessageDeflate } from "@hybi/deno";
import { announce } from "./announce.ts";
import { budget, echo, memoryBudget } from "./echo.ts";

const host = "127.0.0.1";
const [, certFile = "", keyFile = ""] = Deno.args;
const tls = { cert: readFileSync(certFile, "utf8"), key: readFileSync(keyFile, "utf8") };
const extensions = [permessageDeflate()];
const server = await listen(echo, { host, extensions, memoryBudget });
const secure = await listen(echo, { host, extensions, memoryBudget, tls });
const title = `hybi in Deno ${Deno.version.deno}`;
announce({ title, port: server.port, tlsPort: secure.port, budget }, () => globalThis.gc?.());
