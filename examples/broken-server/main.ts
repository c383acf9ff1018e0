/**
 * Finds the fault of `echo-server.ts`, and prints the shortest run that shows it. The guide to testing explains how to read
 * it: docs/guide/testing.md.
 */
import fc from "fast-check";
import { EchoServer } from "./echo-server.ts";
import { understandsLegalStreams } from "./property.ts";

const { errorInstance, numRuns, numShrinks } = fc.check(understandsLegalStreams(() => new EchoServer()));
if (errorInstance instanceof Error) {
  console.log(`Run ${numRuns} failed, and was shrunk ${numShrinks} times:\n\n${errorInstance.message}`);
} else console.log("No fault was found: is it repaired?");
