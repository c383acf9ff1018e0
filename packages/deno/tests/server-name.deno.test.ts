/** The name of the server in the TLS handshake, in Deno (RFC 6066 §3). */
import { connect } from "@hybi/deno";
import { describe, expect, it } from "vitest";

/** What a client says first to a server that understands nothing of it. */
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
  it("names the host of the URL to the server, without the dot of its root, and no address [R30]", async () => {
    for (const authority of ["localhost", "localhost."]) {
      const hello = await firstBytes(authority);
      expect(hello).toContain("\0\tlocalhost");
      expect(hello).not.toContain("localhost.");
    }
    expect(await firstBytes("127.0.0.1")).not.toContain("127.0.0.1");
  });

  it("says nothing in the clear to a Unix socket for a wss URL [R30]", async () => {
    const attempt = connect("wss://example.com/", { transport: { path: "/nonexistent/socket" } });
    await expect(attempt).rejects.toMatchObject({ cause: { message: expect.stringContaining("for ws only") } });
  });
});
