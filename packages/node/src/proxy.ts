/**
 * Opens a tunnel through an HTTP proxy (RFC 9110 §9.3.6, RFC 6455 §4.1 step 3). Core implements the protocol; this file does
 * the I/O.
 */
import { connect as openTcp, type Socket } from "node:net";
import { connect as openTls } from "node:tls";
import type { Violation } from "@hybi/core";
import { type Fields, parseWebSocketUrl, type ResponseHead, type WebSocketUrl } from "@hybi/core/opening";
import { ProxyHandshake, userinfoAuthorization } from "@hybi/core/policy";
import { tlsServerName } from "@hybi/websocket";
import type { ProxyOptions } from "./options.ts";

/** The proxy did not open a tunnel. This is not a response of the server, so no redirect is followed. */
export class ProxyError extends Error {
  /** The proxy's response; status 407 asks for Proxy-Authorization. */
  readonly response: ResponseHead | undefined;
  readonly body: Uint8Array | undefined;
  /** The rule that the proxy's response broke. */
  readonly violation: Violation | undefined;

  constructor(message: string, detail: Partial<Pick<ProxyError, "response" | "body" | "violation">> = {}) {
    super(message);
    this.name = "ProxyError";
    this.response = detail.response;
    this.body = detail.body;
    this.violation = detail.violation;
  }
}

/** Returns a socket that is connected to the server of `url` through the proxy. */
export async function openTunnel(
  url: WebSocketUrl,
  proxy: string | URL | ProxyOptions,
  allowHalfOpen: boolean,
  signal: AbortSignal,
): Promise<Socket> {
  const options = typeof proxy === "string" || proxy instanceof URL ? { url: proxy } : proxy;
  const proxyUrl = parseWebSocketUrl(String(options.url));
  const { userinfo } = proxyUrl;
  const credentials: Fields = userinfo === undefined ? [] : [["Proxy-Authorization", userinfoAuthorization(userinfo)]];
  const handshake = new ProxyHandshake({
    host: url.host,
    port: url.port,
    fields: [...credentials, ...(options.fields ?? [])],
  });
  const where = { host: proxyUrl.address, port: proxyUrl.port, allowHalfOpen, noDelay: true };
  const socket = proxyUrl.secure
    ? openTls({ ALPNProtocols: ["http/1.1"], servername: tlsServerName(proxyUrl.address), ...options.tls, ...where })
    : openTcp(where);
  return talk(socket, handshake, signal);
}

/** Performs the CONNECT handshake, then hands the socket over to the caller. */
function talk(socket: Socket, handshake: ProxyHandshake, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const listening = new AbortController();
    const fail = (error: unknown): void => {
      settle();
      socket.on("error", () => {});
      socket.destroy();
      reject(error);
    };
    const follow = ([event]: ReturnType<ProxyHandshake["receive"]>): void => {
      if (event === undefined) return;
      if (event.type === "tunnel") {
        settle();
        socket.pause();
        if (event.rest.length > 0) socket.unshift(event.rest);
        resolve(socket);
      } else if (event.type === "rejection") {
        const { response, body } = event;
        fail(
          new ProxyError(`The proxy answered ${response.status} ${response.reasonPhrase}`.trimEnd(), {
            response,
            body,
          }),
        );
      } else {
        const { violation } = event;
        fail(new ProxyError(`${violation.message} (${violation.code}, ${violation.section})`, { violation }));
      }
    };
    const onData = (chunk: Buffer): void =>
      follow(handshake.receive(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length)));
    const onEnd = (): void => follow(handshake.receiveEnd());
    const onClose = (): void => fail(new ProxyError("The proxy closed the connection."));
    const settle = (): void => {
      listening.abort();
      socket.off("data", onData).off("end", onEnd).off("error", fail).off("close", onClose);
    };
    signal.addEventListener("abort", () => fail(signal.reason), { signal: listening.signal });
    socket.on("data", onData).on("end", onEnd).on("error", fail).on("close", onClose);
    for (const chunk of handshake.takeOutput()) socket.write(chunk);
  });
}
