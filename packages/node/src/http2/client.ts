/**
 * The client over HTTP/2 (RFC 8441): opens a session, waits for the server's SETTINGS and sends an Extended CONNECT on a
 * stream.
 */
import { type ClientHttp2Session, type ClientHttp2Stream, connect as openHttp2 } from "node:http2";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { defaultLimits } from "@hybi/core";
import { checkExtendedConnectResponse, type Fields, openExtendedConnect, type ResponseHead } from "@hybi/core/opening";
import { type AgreedTransport, type ConnectTarget, OpeningError } from "@hybi/websocket";
import { fieldLines, headersObject } from "../fields.ts";
import { bodyOf } from "../response-body.ts";
import { cancel, Http2Transport } from "./transport.ts";

/** Opens a socket for a session; its TLS must offer `h2` (ALPN). */
type OpenSocket = () => Socket | Promise<Socket>;

/** Opens a stream in the session `given`, or over a socket of its own in a new session that closes when the stream does. */
export async function openHttp2Stream(
  target: ConnectTarget,
  given: ClientHttp2Session | undefined,
  openSocket: OpenSocket,
): Promise<AgreedTransport> {
  // A given session belongs to the origin that the application named. A redirect to another origin gets a session of its own.
  if (given !== undefined && target.sameOrigin) return openStream(given, target, undefined);
  const session = await openSession(target, openSocket);
  try {
    const opened = await openStream(session, target, session);
    session.close();
    return opened;
  } catch (error) {
    session.destroy();
    throw error;
  }
}

async function openSession({ url, signal }: ConnectTarget, openSocket: OpenSocket): Promise<ClientHttp2Session> {
  const socket = await openSocket();
  const session = openHttp2(`${url.secure ? "https" : "http"}://${url.authority}`, { createConnection: () => socket });
  // The stream reports the same error to its own listeners.
  session.on("error", () => {});
  const giveUp = (): void => session.destroy();
  signal.addEventListener("abort", giveUp);
  session.once("close", () => signal.removeEventListener("abort", giveUp));
  try {
    await new Promise<void>((resolve, reject) => {
      session.once("remoteSettings", () => resolve());
      session.once("error", reject);
      session.once("close", () => reject(new Error("The HTTP/2 session was closed before its SETTINGS arrived.")));
    });
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
  if (socket instanceof TLSSocket && socket.alpnProtocol !== "h2") {
    session.destroy();
    throw new Error("The server did not negotiate HTTP/2 over TLS (ALPN h2).");
  }
  return session;
}

/** `own` is the session if it belongs to this stream alone. */
async function openStream(
  session: ClientHttp2Session,
  target: ConnectTarget,
  own: ClientHttp2Session | undefined,
): Promise<AgreedTransport> {
  const { opening, signal } = target;
  const { fields, sent } = openExtendedConnect(opening, await connectProtocol(session));
  signal.throwIfAborted();
  const stream = session.request(headersObject(fields), { endStream: false });
  const giveUp = (): void => cancel(stream);
  signal.addEventListener("abort", giveUp);
  try {
    const response = await responseOf(stream);
    const check = checkExtendedConnectResponse(response, sent);
    if (check.type === "agreement") return { transport: new Http2Transport(stream, own), agreement: check.agreement };
    if (check.type === "violation") throw new OpeningError({ kind: "violation", violation: check.violation });
    const body = await bodyOf(stream, opening.limits?.rejectionBody ?? defaultLimits.rejectionBody);
    throw new OpeningError({ kind: "rejected", response: responseHead(response), body });
  } catch (error) {
    cancel(stream);
    throw error;
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

/** Returns the server's SETTINGS_ENABLE_CONNECT_PROTOCOL once its SETTINGS have arrived. */
async function connectProtocol(session: ClientHttp2Session): Promise<number> {
  if (session.destroyed || session.closed) throw new Error("The HTTP/2 session is closed.");
  const allows = (): boolean => session.remoteSettings.enableConnectProtocol === true;
  if (!allows()) {
    const known = settingsKnown.get(session) ?? awaitSettings(session);
    settingsKnown.set(session, known);
    await known;
  }
  return allows() ? 1 : 0;
}

/** One promise per session that awaits SETTINGS, shared by all openings in that session; there may be many. */
const settingsKnown = new WeakMap<ClientHttp2Session, Promise<void>>();

/**
 * Resolves when the server's SETTINGS have arrived. SETTINGS is the first frame that a server sends (RFC 9113 §3.4), so it
 * precedes the acknowledgement of ours. A PING would not do: Node limits the number of outstanding PINGs, and the application
 * may have sent some.
 */
function awaitSettings(session: ClientHttp2Session): Promise<void> {
  if (!session.destroyed && !session.connecting && !session.pendingSettingsAck) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      session.off("remoteSettings", known).off("localSettings", known).off("error", lost).off("close", lost);
      act();
    };
    const known = (): void => settle(resolve);
    const lost = (error?: unknown): void =>
      settle(() => reject(error ?? new Error("The HTTP/2 session was closed before its SETTINGS arrived.")));
    session.on("remoteSettings", known).on("localSettings", known).on("error", lost).on("close", lost);
    if (session.destroyed) lost();
  });
}

/** Resolves with the field list of the final response. */
function responseOf(stream: ClientHttp2Stream): Promise<Fields> {
  return new Promise((resolve, reject) => {
    stream.once("error", reject);
    stream.once("close", () => reject(new Error("The stream was closed before a response arrived.")));
    // The third argument, missing in the types, is the raw list of names and values.
    stream.once("response", (...[headers, , rawHeaders]: unknown[]) =>
      resolve(Array.isArray(rawHeaders) ? fieldLines(rawHeaders) : fieldLines(headers as object)),
    );
  });
}

/** Builds the response head. HTTP/2 has no reason phrase. */
function responseHead(list: Fields): ResponseHead {
  const status = Number(list.find(([name]) => name === ":status")?.[1]);
  return { status, reasonPhrase: "", minorVersion: 0, fields: list.filter(([name]) => !name.startsWith(":")) };
}
