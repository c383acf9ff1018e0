/**
 * Finds what is wrong with `echo-server.ts`, and shows the shortest run in which it goes wrong. The guide to testing tells
 * how to read it: docs/guide/testing.md.
 */
import fc from "fast-check";
import { EchoServer } from "./echo-server.ts";
import { understandsLegalStreams } from "./property.ts";

const { errorInstance, numRuns, numShrinks } = fc.check(understandsLegalStreams(() => new EchoServer()));
if (errorInstance instanceof Error) {
  console.log(`Run ${numRuns} failed, and was made smaller ${numShrinks} times:\n\n${errorInstance.message}`);
} else console.log("Nothing was found: is it repaired?");
