#!/usr/bin/env node
/** `hybi-hostile`: attacks a WebSocket server of one's own, and measures what becomes of it. */
import { fileURLToPath } from "node:url";
import { attackersArgument, serveAttack } from "../hostile/attack-processes.ts";
import { runHostile } from "./hostile-command.ts";

const [first, ...rest] = process.argv.slice(2);
if (first === attackersArgument) serveAttack();
else {
  // Whoever has read enough closes the pipe.
  process.stdout.on("error", () => process.exit());
  const args = first === undefined ? [] : [first, ...rest];
  void runHostile(args, fileURLToPath(import.meta.url)).then((exitCode) => {
    process.exitCode = exitCode;
    // No connection of the server's keeps the process for long.
    setTimeout(() => process.exit(), 1_000).unref();
  });
}
