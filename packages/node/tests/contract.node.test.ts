/** The contract of adapters, in Node. */
import { connect as openTcp } from "node:net";
import { connect, listen } from "@hybi/node";
import { adapterContract, type RawConnection, selfSigned } from "@hybi/testing";
import { describe, expect, it } from "vitest";

/** TCP below WebSocket, for peers that misbehave. */
function openRaw(port: number): Promise<RawConnection> {
  return new Promise((resolve, reject) => {
    const socket = openTcp({ host: "127.0.0.1", port, allowHalfOpen: true, noDelay: true });
    const chunks: Buffer[] = [];
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("end", () => socket.end());
    socket.on("error", reject);
    const received = new Promise<Uint8Array>((close) => socket.on("close", () => close(Buffer.concat(chunks))));
    socket.on("connect", () => {
      resolve({ write: (bytes) => void socket.write(bytes), end: () => void socket.end(), received });
    });
  });
}

const certificate = await selfSigned();
const tls = { ...certificate, trusting: { tls: { ca: certificate.cert } } };

adapterContract("@hybi/node", { connect, listen, openRaw, tls }, { describe, it, expect });
