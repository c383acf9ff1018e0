/** Sockets, streams and servers keep the process alive, unless they are told not to. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const flags = ["--conditions=@hybi/source", "--import", "tsx"];

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

it.each([
  ["nothing", "nothing\n"],
  ["client", "client\nkept\n"],
])("a process whose only referenced handle, over HTTP/2, is: %s", async (what, expected) => {
  const program = new URL("unref-http2-program.ts", import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, program, what], { timeout: 20_000 });
  expect(stdout).toBe(expected);
});
