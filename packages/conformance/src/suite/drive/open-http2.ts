/** Connects to a server under test over HTTP/2: a session with one stream, opened by an Extended CONNECT (RFC 8441). */
import { once } from "node:events";
import { type ClientHttp2Session, type ClientHttp2Stream, connect as openSession } from "node:http2";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { Agreement } from "@hybi/core";
import { checkExtendedConnectResponse, type Fields, openExtendedConnect } from "@hybi/core/opening";
import type { OpeningPlan } from "../case.ts";
import type { Attempt } from "../run-case.ts";
import { anyDeflate, wishedDeflate } from "./deflate.ts";
import { formatExtension, type OpeningObserved, type Target } from "./opening.ts";
import { SocketWire } from "./socket-wire.ts";
import { Unsupported } from "./unsupported.ts";

/**
 * Opens a connection over `socket`. Rejects with `Unsupported` when the server does not speak HTTP/2, or does not allow
 * WebSocket over it.
 */
export async function openOverHttp2(socket: Socket, { url }: Target, plan: OpeningPlan): Promise<Attempt> {
  if (socket instanceof TLSSocket && socket.alpnProtocol !== "h2") {
    socket.destroy();
    throw new Unsupported("The server does not offer HTTP/2.");
  }
  const { host, protocol } = new URL(url);
  const scheme = protocol === "wss:" ? "https" : "http";
  const session = openSession(`${scheme}://${host}`, { createConnection: () => socket });
  session.on("error", () => {});
  try {
    const deflate = plan.deflate === undefined ? undefined : wishedDeflate(plan.deflate);
    const extensions = [deflate ?? anyDeflate()];
    await settled(session);
    const { fields, sent } = openExtendedConnect({ url, extensions }, 1);
    const stream = session.request(changed(fields, plan), { endStream: false });
    stream.on("close", () => session.destroy());
    const response = await responseOf(stream);
    return {
      wire: new SocketWire(stream),
      opening: {
        role: "client",
        head: new Uint8Array(0),
        deflate: extensions[0],
        extensions,
        observed: observe(response, sent),
        receive: () => undefined,
        receiveEnd: () => undefined,
      },
    };
  } catch (error) {
    session.destroy();
    throw error;
  }
}

/** Waits for the server's SETTINGS, which must allow Extended CONNECT (RFC 8441 §3). */
async function settled(session: ClientHttp2Session): Promise<void> {
  const begun = once(session, "remoteSettings");
  const ended = once(session, "close").then(() => {
    throw new Unsupported("The server does not speak HTTP/2.");
  });
  await Promise.race([begun, ended]);
  if (session.remoteSettings.enableConnectProtocol !== true) {
    throw new Unsupported("The server does not allow Extended CONNECT.");
  }
}

/** The fields of a valid request, with the changes that the case makes. */
function changed(fields: Fields, { http2 = {}, deflate }: OpeningPlan): Record<string, string> {
  const all: Record<string, string | null> = { ...Object.fromEntries(fields) };
  if (deflate === undefined) all["sec-websocket-extensions"] = null;
  const kept = Object.entries({ ...all, ...http2 }).flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
  return Object.fromEntries(kept);
}

async function responseOf(stream: ClientHttp2Stream): Promise<Fields> {
  const [headers] = (await once(stream, "response")) as [Record<string, string | number | string[]>];
  return Object.entries(headers).flatMap(([name, value]) =>
    [value].flat().map((line): [string, string] => [name, String(line)]),
  );
}

function observe(response: Fields, sent: Parameters<typeof checkExtendedConnectResponse>[1]): OpeningObserved {
  const status = Number(response.find(([name]) => name === ":status")?.[1]);
  const check = checkExtendedConnectResponse(response, sent);
  if (check.type === "agreement") return open(check.agreement);
  if (check.type === "violation") return { type: "violation", violation: check.violation, switched: status === 200 };
  return { type: "refused", status, fields: response };
}

function open(agreement: Agreement): OpeningObserved {
  // Data after the head of the response arrives as data of the stream.
  const rest = new Uint8Array(0);
  return { type: "open", agreement, extensions: agreement.extensions.map(formatExtension), rest };
}
