#!/usr/bin/env node
/** `hybi-inspect`: an annotated dump of the bytes of a WebSocket conversation. */
import { runInspect } from "./inspect-command.ts";

void runInspect(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
});
