import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

it("a program does not end while its client waits to connect again", async () => {
  const program = new URL("reconnect-program.ts", import.meta.url).pathname;
  const flags = ["--conditions=@hybi/source", "--import", "tsx"];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, program]);
  expect(stdout).toBe("waiting\nwaiting\nended\n");
});
