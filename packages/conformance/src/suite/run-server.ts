/** Runs cases against a server at a URL. */
import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { parseWebSocketUrl } from "@hybi/core/opening";
import type { ConformanceCase } from "./case.ts";
import { openOverHttp2 } from "./drive/open-http2.ts";
import { openAsClient } from "./drive/opening.ts";
import { SocketWire } from "./drive/socket-wire.ts";
import type { Report } from "./report/report.ts";
import { type RunOptions, runSelection } from "./run.ts";
import type { Attempt } from "./run-case.ts";

/**
 * Runs the cases for servers against the echo server at `url`, which is ws or wss; certificates are not checked.
 * HTTP/2 is tested over TLS, and also without TLS when `options.http2` is true.
 *
 * @throws UsageError `opening/url`
 */
export function testServer(url: string, options: RunOptions = {}): Promise<Report> {
  const { address, port, secure } = parseWebSocketUrl(url);
  const connect = async (testCase: ConformanceCase): Promise<Attempt> => {
    const plan = testCase.opening ?? {};
    if (plan.http2 === undefined) {
      const socket = await open(address, port, secure, "http/1.1");
      return { wire: new SocketWire(socket), opening: openAsClient(plan, { url }) };
    }
    return openOverHttp2(await open(address, port, secure, "h2"), { url }, plan);
  };
  return runSelection("server", url, connect, { ...options, http2: options.http2 ?? secure });
}

async function open(host: string, port: number, secure: boolean, protocol: "http/1.1" | "h2"): Promise<Socket> {
  // Half open, because what a server sends after its client has ended is also tested.
  const options = { host, port, allowHalfOpen: true };
  const name = /^[\d.:]+$/.test(host) ? {} : { servername: host };
  const socket = secure
    ? connectTls({
        ...options,
        ...name,
        ALPNProtocols: protocol === "h2" ? ["h2", "http/1.1"] : [protocol],
        rejectUnauthorized: false,
      })
    : connectTcp(options);
  socket.setNoDelay(true);
  await once(socket, secure ? "secureConnect" : "connect");
  return socket;
}
