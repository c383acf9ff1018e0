/** The commands, as functions of their arguments; `pnpm release:check` runs them from the built package. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listenForClients } from "@hybi/conformance";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { runConformance } from "../src/cli/conformance-command.ts";
import { runHostile } from "../src/cli/hostile-command.ts";
import { runInspect } from "../src/cli/inspect-command.ts";

const folder = mkdtempSync(join(tmpdir(), "hybi-cli-"));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

/** Runs a command; returns its exit code and its output. */
async function run(command: (args: readonly string[]) => Promise<number>, ...args: string[]) {
  let [output, errors] = ["", ""];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    output += text;
    return true;
  });
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    errors += text;
    return true;
  });
  const exitCode = await command(args);
  vi.restoreAllMocks();
  return { exitCode, output, errors };
}

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe("hybi-conformance", () => {
  it("prints its usage", async () => {
    expect(await run(runConformance, "--help")).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining("--only"),
    });
    expect(await run(runConformance)).toMatchObject({ exitCode: 2 });
  });

  it.each([
    [["sever", "ws://127.0.0.1/"], /There is no command/],
    [["server"], /There is no command/],
    [["server", "http ://"], /./],
    [["server", "ws://127.0.0.1:1/", "--concurrency", "many"], /--concurrency takes a number/],
    [["cases", "--role", "proxy"], /role/],
    [["server", "ws://127.0.0.1:1/", "--unknown"], /unknown/i],
  ])("rejects the arguments %j", async (args, message) => {
    const { exitCode, errors } = await run(runConformance, ...args);
    expect(exitCode).toBe(2);
    expect(errors).toMatch(message);
  });

  it("lists the cases, and prints them as JSON", async () => {
    const { output } = await run(runConformance, "cases", "--only", "7.9.*", "--role", "server");
    expect(output.split("\n")[0]).toBe("7. Closing");
    expect(output.trimEnd().split("\n")).toHaveLength(10);
    const { output: json } = await run(runConformance, "cases", "--json", "--only", "6.4.1,2.1");
    expect(JSON.parse(json).map(({ id }: { id: string }) => id)).toEqual(["2.1", "6.4.1"]);
  });

  it("exits with 1 when a case has failed, writes reports, and prints what has failed", async () => {
    const [json, html] = [join(folder, "report.json"), join(folder, "report.html")];
    const args = ["server", "ws://127.0.0.1:1/", "--only", "2.1", "--json", json, "--html", html];
    const { exitCode, output } = await run(runConformance, ...args);
    expect(exitCode).toBe(1);
    expect(output).toMatch(/^failed +2\.1 /);
    expect(JSON.parse(readFileSync(json, "utf8")).tally.failed).toBe(1);
    expect(readFileSync(html, "utf8")).toMatch(/^<!doctype html>/);
  });

  it("exits with 2 when no case is selected", async () => {
    const { exitCode } = await run(runConformance, "server", "ws://127.0.0.1:1/", "--only", "99");
    expect(exitCode).toBe(2);
  });

  it("reports that it cannot listen on a port in use", async () => {
    const tester = await listenForClients({ onReport: () => {} });
    const { exitCode, errors } = await run(runConformance, "client", "--listen", String(tester.port));
    await tester.close();
    expect(exitCode).toBe(2);
    expect(errors).toMatch(/EADDRINUSE/);
  });
});

describe("hybi-inspect", () => {
  it("prints its usage", async () => {
    expect(await run(runInspect, "--help")).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining("--deflate"),
    });
    expect(await run(runInspect)).toMatchObject({ exitCode: 2 });
  });

  it("shows a transcript", async () => {
    const path = file("a.txt", "> 81 82 00 00 00 00 68 69\n< 8a 00\n");
    const { exitCode, output } = await run(runInspect, path);
    expect(exitCode).toBe(0);
    expect(output).toMatch(/^client ──▶ 81 .*\n {11}"hi"\nserver ◀── 8a /);
    expect(output).not.toContain("\u001b");
  });

  it("detects the sender of frames by their masks, unless --from names it", async () => {
    const frame = file("b.bin", Uint8Array.of(0x81, 0x02, 0x68, 0x69));
    expect((await run(runInspect, frame)).output).toMatch(/^server ◀── 81/);
    expect((await run(runInspect, frame, "--from", "client")).output).toContain("frame/mask-missing");
  });

  it("reads a file for each direction, and the handshake before the frames", async () => {
    const client = file("client.bin", "GET / HTTP/1.1\r\nHost: x\r\n\r\n\xc1");
    const text = new Uint8Array([
      ...new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"),
      ...[0xc1, 0x87, 0, 0, 0, 0, 0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00],
    ]);
    writeFileSync(client, text);
    const server = file("server.bin", "HTTP/1.1 101 \r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n");
    expect((await run(runInspect, client, server)).output).toContain('inflated: "Hello"');
  });

  it.each([
    [["missing-file"], /ENOENT/],
    [["--format", "xml", "x"], /--format takes raw or hex or transcript/],
  ])("prints what is wrong with %j", async (args, message) => {
    const { exitCode, errors } = await run(runInspect, ...args);
    expect(exitCode).toBe(2);
    expect(errors).toMatch(message);
  });
});

describe("hybi-hostile", () => {
  const hostile = (args: readonly string[]): Promise<number> => runHostile(args, "");

  it("prints its usage, and lists the kinds of hostile clients", async () => {
    expect(await run(hostile, "--help")).toMatchObject({ exitCode: 0, output: expect.stringContaining("--clients") });
    expect(await run(hostile)).toMatchObject({ exitCode: 2 });
    expect((await run(hostile, "kinds")).output).toMatch(/^ {2}bombs +a client that sends compressed messages/m);
  });

  it.each([
    [["ws://example.com/"], /example\.com is not an address of this machine alone.*--i-own-this-server/],
    [["wss://192.168.0.1/"], /192\.168\.0\.1 is not/],
    [["ws://127.0.0.1:1/", "--tls", "wss://example.com/"], /example\.com is not/],
    [["http://127.0.0.1/"], /begins with ws: or wss:/],
    [["nonsense"], /is not a URL/],
    [["ws://127.0.0.1:1/", "--only", "bomb"], /There is no kind "bomb"/],
    [["ws://127.0.0.1:1/", "--clients", "many"], /--clients takes a number/],
    [["ws://127.0.0.1:1/", "--seconds", "3000000"], /--seconds takes seconds, 86400 at most/],
    [["ws://127.0.0.1:1/", "--quiet", "86401"], /--quiet takes seconds/],
    [["ws://127.0.0.1:1/", "ws://127.0.0.1:2/"], /One server at a time/],
  ])("attacks nothing for the arguments %j", async (args, message) => {
    const { exitCode, errors } = await run(hostile, ...args);
    expect(exitCode).toBe(2);
    expect(errors).toMatch(message);
  });
});
