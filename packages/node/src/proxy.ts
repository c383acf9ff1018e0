/**
 * Opens a tunnel through an HTTP proxy (RFC 9110 §9.3.6, RFC 6455 §4.1 step 3). Core implements the protocol; this file does
 * the I/O.
 */
import { connect as openTcp, type Socket } from "node:net";
import { type Fields, parseWebSocketUrl, type WebSocketUrl } from "@hybi/core/opening";
import { ProxyHandshake, userinfoAuthorization } from "@hybi/core/policy";
import { type Failure, OpeningError, tlsServerName } from "@hybi/websocket";
import type { ProxyOptions, TcpOptions } from "./options.ts";
import { openSecure } from "./secure-context.ts";

type ProxyFailure = Extract<Failure, { kind: "proxy" }>["cause"];

/**
 * Returns a socket that is connected to the server of `url` through the proxy. Rejects with an `OpeningError` of the kind
 * `proxy`: the proxy's response is not one of the server, so no redirect is followed.
 */
export async function openTunnel(
  url: WebSocketUrl,
  proxy: string | URL | ProxyOptions,
  tcp: TcpOptions & { readonly allowHalfOpen: boolean; readonly noDelay: boolean },
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
  const where = { ...tcp, host: proxyUrl.address, port: proxyUrl.port };
  const socket = proxyUrl.secure
    ? openSecure(
        { ALPNProtocols: ["http/1.1"], servername: tlsServerName(proxyUrl.address), ...options.tls, ...where },
        "transportOptions.proxy.tls",
      )
    : openTcp(where);
  return talk(socket, handshake, signal);
}

/** Performs the CONNECT handshake, then hands the socket over to the caller. */
function talk(socket: Socket, handshake: ProxyHandshake, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const listening = new AbortController();
    const giveUp = (error: unknown): void => {
      settle();
      socket.on("error", () => {});
      socket.destroy();
      reject(error);
    };
    const fail = (cause: ProxyFailure): void => giveUp(new OpeningError({ kind: "proxy", cause }));
    const follow = ([event]: ReturnType<ProxyHandshake["receive"]>): void => {
      if (event === undefined) return;
      if (event.type === "tunnel") {
        settle();
        socket.pause();
        if (event.rest.length > 0) socket.unshift(event.rest);
        resolve(socket);
      } else if (event.type === "rejection") {
        fail({ kind: "rejected", response: event.response, body: event.body });
      } else fail({ kind: "violation", violation: event.violation });
    };
    const onData = (chunk: Buffer): void =>
      follow(handshake.receive(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length)));
    const onEnd = (): void => follow(handshake.receiveEnd());
    const onError = (error: unknown): void => fail({ kind: "transport", error });
    const onClose = (): void => onError(new Error("The proxy closed the connection."));
    const settle = (): void => {
      listening.abort();
      socket.off("data", onData).off("end", onEnd).off("error", onError).off("close", onClose);
    };
    signal.addEventListener("abort", () => giveUp(signal.reason), { signal: listening.signal });
    socket.on("data", onData).on("end", onEnd).on("error", onError).on("close", onClose);
    for (const chunk of handshake.takeOutput()) socket.write(chunk);
  });
}
