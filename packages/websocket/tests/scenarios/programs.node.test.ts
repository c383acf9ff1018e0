import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const flags = ["--conditions=@hybi/source", "--import", "tsx"];

it("a program keeps running while its client waits to reconnect", async () => {
  const program = new URL("reconnect-program.ts", import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, program]);
  expect(stdout).toBe("waiting\nwaiting\nended\n");
});

it("a program keeps running until the end of a connection it listens to is reported [R32]", async () => {
  const program = new URL("unheard-end-program.ts", import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, program]);
  expect(stdout).toBe("close 1000\n");
});
