#!/usr/bin/env node
/** `hybi-conformance`: holds a WebSocket server or client against the RFCs. */
import { runConformance } from "./conformance-command.ts";

void runConformance(process.argv.slice(2)).then((exitCode) => {
  process.exit(exitCode);
});
