/**
 * The stored inputs of a target: those that reach something new, in one file with a line of base64 each, and those that
 * once broke a law, in a file each.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../corpus/", import.meta.url));
const corpusFile = (target: string): string => `${folder}${target}.txt`;
const crashFolder = (target: string): string => `${folder}${target}-crashes/`;

export function readCorpus(target: string): Uint8Array[] {
  if (!existsSync(corpusFile(target))) return [];
  const lines = readFileSync(corpusFile(target), "latin1").split("\n");
  // The empty input is an empty line; after the last line feed there is no further input.
  return lines.slice(0, -1).map((line) => new Uint8Array(Buffer.from(line, "base64")));
}

/** Stores `inputs` in alphabetical order, so that a new corpus differs from the previous one only in new inputs. */
export function replaceCorpus(target: string, inputs: readonly Uint8Array[]): void {
  mkdirSync(folder, { recursive: true });
  const lines = inputs.map((data) => Buffer.from(data).toString("base64")).sort();
  writeFileSync(corpusFile(target), lines.map((line) => `${line}\n`).join(""));
}

export function readCrashes(target: string): Uint8Array[] {
  if (!existsSync(crashFolder(target))) return [];
  return readdirSync(crashFolder(target)).map((file) => new Uint8Array(readFileSync(crashFolder(target) + file)));
}

/** Stores an input that broke a law; returns the path of its file, which is named after the hash of its content. */
export function saveCrash(target: string, data: Uint8Array): string {
  mkdirSync(crashFolder(target), { recursive: true });
  const path = `${crashFolder(target)}${createHash("sha1").update(data).digest("hex").slice(0, 12)}`;
  writeFileSync(path, data);
  return path;
}
