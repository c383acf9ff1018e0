/** Sockets, streams and servers keep the process alive, unless they are told not to. */
import { execFile } from "node:child_process";
import process from "node:process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const flags = ["run", "-A", "--conditions", "@hybi/source"];

it.each([
  ["nothing", "nothing\n"],
  ["client", "client\nkept\n"],
  ["stream", "stream\nkept\n"],
  ["server", "server\nkept\n"],
])("a process whose only referenced handle is: %s", async (what, expected) => {
  const program = new URL("unref-program.ts", import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, program, what], { timeout: 20_000 });
  expect(stdout).toBe(expected);
});

it("a listener with TLS keeps the process alive all the same, as docs/guide/deno.md says: Deno ignores its unref", async () => {
  const program = new URL("unref-tls-program.ts", import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, program], { timeout: 20_000 });
  expect(stdout).toBe("listening\nkept\n");
});
