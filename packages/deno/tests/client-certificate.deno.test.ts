/** The client certificate, on Deno: presented only to the origin that the application named. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, type TLSSocket } from "node:tls";
import { connect } from "@hybi/deno";
import { selfSigned } from "@hybi/testing/adapter-contract";
import { expect, it, onTestFinished } from "vitest";

const { key, cert } = await selfSigned();
const host = "127.0.0.1";

it("a redirect to another origin drops the client certificate, and no further redirect restores it [C15] [V05]", async () => {
  const seen: string[] = [];
  const locations = new Map<string, string>();
  /**
   * Opens a server that records each client with the name in its certificate, if any, and redirects it where `locations` says.
   */
  async function open(name: string): Promise<string> {
    const answer = (socket: TLSSocket): void => {
      let head = "";
      socket.on("error", () => {});
      socket.on("data", (chunk) => {
        head += String(chunk);
        if (!head.endsWith("\r\n\r\n")) return;
        const at = name + head.split(" ")[1];
        seen.push(`${at} ${socket.getPeerCertificate().subject?.CN ?? "nobody"}`);
        const location = locations.get(at);
        const status = location === undefined ? "403 Forbidden" : `307 Temporary Redirect\r\nLocation: ${location}`;
        socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`);
      });
    };
    const server = createServer({ key, cert, requestCert: true, rejectUnauthorized: false }, answer);
    server.listen(0, host);
    await once(server, "listening");
    onTestFinished(() => void server.close());
    return `wss://${host}:${(server.address() as AddressInfo).port}`;
  }
  const [first, second] = [await open("first"), await open("second")];
  locations.set("first/", "/within").set("first/within", `${second}/`).set("second/", `${first}/back`);
  const attempt = connect(`${first}/`, {
    transportOptions: { tls: { caCerts: [cert], key, cert } },
    followRedirects: 5,
  });
  await expect(attempt).rejects.toMatchObject({ failure: { response: { status: 403 } } });
  expect(seen).toEqual(["first/ hybi", "first/within hybi", "second/ nobody", "first/back nobody"]);
});
