import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";

const main = new URL("main.ts", import.meta.url).pathname;

describe("the demo", () => {
  let output = "";
  let lines: string[] = [];

  beforeAll(async () => {
    const flags = ["--conditions=@hybi/source", "--import", "tsx"];
    // Rejects if the exit code is not 0.
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [...flags, main], { timeout: 30_000 });
    expect(stderr).toBe("");
    output = stdout;
    lines = stdout.split("\n");
  }, 40_000);

  it("shows the opening handshake", () => {
    expect(lines).toContain("client ──▶ GET /chat?room=1 HTTP/1.1");
    expect(lines).toContain("server ◀── HTTP/1.1 101 Switching Protocols");
    expect(output).toMatch(/Sec-WebSocket-Accept: \S{28}/);
  });

  it("shows the header of each frame in hexadecimal, and its meaning", () => {
    expect(output).toMatch(/client ──▶ 81 {2}92 {2}(\w\w ){4} +1 {4}000 {2}1 text +1 {5}18\n +"Hello, Wörld 👋"/);
    expect(output).toMatch(/server ◀── 82 {2}06 +1 {4}000 {2}2 binary +0 {5}6\n +00 ff 48 59 42 49/);
  });

  it("shows control frames between the fragments of a message, whether the application or the scheduler fragmented it", () => {
    const opcodes = lines.flatMap((line) => /^client ──▶ .* {2}([0-9A-F]) [a-z]+ +1 +[\d,]+$/.exec(line)?.[1] ?? []);
    const streamed = ["1", "9", "0", "0"];
    const large = ["2", "9", "0", "0", "0"];
    expect(opcodes).toEqual(["1", "2", ...streamed, ...large, "8"]);
  });

  it("shows the closing handshake, and that the server ends the transport first [X12]", () => {
    const closing = lines.slice(lines.findIndex((line) => line.includes("that is all")));
    expect(closing.filter((line) => line.includes("end of the stream")).map((line) => line.slice(0, 6))).toEqual([
      ...["server", "client"],
      ...["server", "client"],
      ...["server", "client"],
    ]);
  });

  it("shows the violation of a client, and the Close frame in response [F08]", () => {
    const index = lines.findIndex((line) => line.includes("✗"));
    expect(lines[index]).toBe(
      "           ✗ frame/mask-missing  A client sent a frame that is not masked. RFC 6455 §5.1",
    );
    expect(lines[index + 1]).toMatch(/^client ──▶ [0-9a-f]{6} {2}6e 6f .* no mask$/);
    expect(lines[index + 2]).toMatch(/^server ◀── 88 {2}14 .* 8 close /);
    expect(lines[index + 3]).toBe('           1002  protocol error  "frame/mask-missing"');
  });

  it("shows the response to an invalid opening request [H07]", () => {
    expect(lines).toContain("server ◀── HTTP/1.1 426 Upgrade Required");
  });

  it("fits into 100 columns, and has no color without a terminal", () => {
    expect(lines.filter((line) => [...line].length > 100)).toEqual([]);
    expect(output).not.toContain("\u001b");
  });
});
