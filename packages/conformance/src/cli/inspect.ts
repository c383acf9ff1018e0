#!/usr/bin/env node
/** `hybi-inspect`: an annotated dump of the bytes of a WebSocket conversation. */
import { runInspect } from "./inspect-command.ts";

// A reader such as `head` closes the pipe when it has read enough.
process.stdout.on("error", () => process.exit());
void runInspect(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
});
