import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

async function run(...args: string[]): Promise<string[]> {
  const program = new URL("errors-program.ts", import.meta.url).pathname;
  const flags = ["--conditions=@hybi/source", "--import", "tsx"];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, program, ...args]);
  return stdout.trim().split("\n").sort();
}

it.each([
  ["handler", "uncaughtException: mine"],
  ["listener", "uncaughtException: mine"],
  ["async-handler", "unhandledRejection: mine"],
  ["async-listener", "unhandledRejection: mine"],
])("an error in a client's %s is handled by the platform: %s [R03]", async (way, told) => {
  expect(await run(way)).toEqual(["the next listener", told].sort());
  expect(await run(way, "onError")).toEqual(["onError: mine", "the next listener"]);
});
