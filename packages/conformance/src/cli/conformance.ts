#!/usr/bin/env node
/** `hybi-conformance`: tests a WebSocket server or client against the RFCs. */
import { runConformance } from "./conformance-command.ts";

// A reader such as `head` closes the pipe when it has read enough.
process.stdout.on("error", () => process.exit());
void runConformance(process.argv.slice(2)).then((exitCode) => {
  // Not `exit`: output may still be in flight. But a subject's open connection must not keep the process alive for long.
  process.exitCode = exitCode;
  setTimeout(() => process.exit(), 1_000).unref();
});
