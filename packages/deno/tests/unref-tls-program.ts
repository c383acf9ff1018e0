/** Prints whether the process is still alive after a while, although nothing is referenced: a listener with TLS keeps it. */

import process from "node:process";
import { selfSigned } from "@hybi/testing/adapter-contract";
import { listen } from "../src/index.ts";

const { cert, key } = await selfSigned();
const server = await listen((opening) => void opening.accept(), { host: "127.0.0.1", tls: { cert, key } });
server.unref();
const timer = setTimeout(() => {
  console.log("kept");
  process.exit();
}, 200);
Deno.unrefTimer(timer as unknown as number);
console.log("listening");
