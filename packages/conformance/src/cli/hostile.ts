#!/usr/bin/env node
/** `hybi-hostile`: attacks a WebSocket server of your own, and measures how it copes. */
import { attackersArgument, serveAttack } from "../hostile/attack-processes.ts";
import { runHostile } from "./hostile-command.ts";

const [, program = "", ...args] = process.argv;
if (args[0] === attackersArgument) serveAttack();
else {
  // A reader such as `head` closes the pipe when it has read enough.
  process.stdout.on("error", () => process.exit());
  void runHostile(args, program).then((exitCode) => {
    process.exitCode = exitCode;
    // An open connection to the server must not keep the process alive for long.
    setTimeout(() => process.exit(), 1_000).unref();
  });
}
