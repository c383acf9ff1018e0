#!/usr/bin/env node
/** `hybi-conformance`: holds a WebSocket server or client against the RFCs. */
import { runConformance } from "./conformance-command.ts";

// Whoever has read enough closes the pipe.
process.stdout.on("error", () => process.exit());
void runConformance(process.argv.slice(2)).then((exitCode) => {
  // Not `exit`: what was written may still be on its way. But no connection of a subject's keeps the process for long.
  process.exitCode = exitCode;
  setTimeout(() => process.exit(), 1_000).unref();
});
