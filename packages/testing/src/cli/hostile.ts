#!/usr/bin/env node
/** `hybi-hostile`: attacks a WebSocket server of one's own, and measures what becomes of it. */
import { attackersArgument, serveAttack } from "../hostile/attack-processes.ts";
import { runHostile } from "./hostile-command.ts";

const [, program = "", ...args] = process.argv;
if (args[0] === attackersArgument) serveAttack();
else {
  // Whoever has read enough closes the pipe.
  process.stdout.on("error", () => process.exit());
  void runHostile(args, program).then((exitCode) => {
    process.exitCode = exitCode;
    // No connection of the server's keeps the process for long.
    setTimeout(() => process.exit(), 1_000).unref();
  });
}
