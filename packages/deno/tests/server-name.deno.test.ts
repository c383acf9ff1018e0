/** The TLS server name on Deno (RFC 6066 §3). */
import { connect } from "@hybi/deno";
import { describe, expect, it } from "vitest";

/** Resolves with the first bytes a client sends to a server that does not respond. */
async function firstBytes(authority: string): Promise<string> {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const attempt = connect(`wss://${authority}:${listener.addr.port}/`).catch(() => {});
  const conn = await listener.accept();
  const block = new Uint8Array(4096);
  const length = (await conn.read(block)) ?? 0;
  conn.close();
  listener.close();
  await attempt;
  return String.fromCharCode(...block.subarray(0, length));
}

describe("our client", () => {
  it("sends the host of the URL as the TLS server name, without a trailing dot, and never an IP address [R30]", async () => {
    for (const authority of ["localhost", "localhost."]) {
      const hello = await firstBytes(authority);
      expect(hello).toContain("\0\tlocalhost");
      expect(hello).not.toContain("localhost.");
    }
    expect(await firstBytes("127.0.0.1")).not.toContain("127.0.0.1");
  });

  it("sends nothing in the clear to a Unix socket for a wss URL [R30]", async () => {
    const attempt = connect("wss://example.com/", { transportOptions: { path: "/nonexistent/socket" } });
    await expect(attempt).rejects.toMatchObject({ cause: { message: expect.stringContaining("for ws only") } });
  });
});
