/** Runs cases against a server at a URL. */
import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { parseWebSocketUrl } from "@hybi/core";
import type { ConformanceCase } from "./case.ts";
import { openOverHttp2 } from "./drive/open-http2.ts";
import { openAsClient } from "./drive/opening.ts";
import { SocketWire } from "./drive/socket-wire.ts";
import { Unsupported } from "./drive/unsupported.ts";
import type { Report } from "./report/report.ts";
import { type RunOptions, runSelection } from "./run.ts";
import type { Attempt } from "./run-case.ts";

/** How to test a server. */
export interface ServerRunOptions extends RunOptions {
  /** Test HTTP/2 without TLS too, at the same port. */
  readonly http2?: boolean | undefined;
}

/**
 * Runs the cases for servers against the echo server at `url`, which is ws or wss; certificates are not checked.
 *
 * @throws UsageError `opening/url`
 */
export function testServer(url: string, options: ServerRunOptions = {}): Promise<Report> {
  const { address, port, secure } = parseWebSocketUrl(url);
  const connect = async (testCase: ConformanceCase): Promise<Attempt> => {
    const plan = testCase.opening ?? {};
    if (plan.http2 === undefined) {
      const socket = await open(address, port, secure, "http/1.1");
      return { wire: new SocketWire(socket), opening: openAsClient(plan, { url }) };
    }
    if (!secure && options.http2 !== true) throw new Unsupported("HTTP/2 without TLS was not asked for.");
    return openOverHttp2(await open(address, port, secure, "h2"), { url }, plan);
  };
  return runSelection("server", url, connect, options);
}

async function open(host: string, port: number, secure: boolean, protocol: "http/1.1" | "h2"): Promise<Socket> {
  // Half open: what a server sends after its client has ended is part of what is tested.
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
