#!/usr/bin/env node
/** `hybi-inspect`: an annotated dump of the bytes of a WebSocket conversation. */
import { runInspect } from "./inspect-command.ts";

// Whoever has read enough closes the pipe.
process.stdout.on("error", () => process.exit());
void runInspect(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
});
