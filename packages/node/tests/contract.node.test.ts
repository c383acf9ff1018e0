/** The adapter contract, on Node. */
import { mkdtempSync } from "node:fs";
import { connect as openTcp } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, listen, WebSocket, WebSocketStream } from "@hybi/node";
import { permessageDeflate } from "@hybi/permessage-deflate";
import { adapterContract, type RawConnection, selfSigned } from "@hybi/testing/adapter-contract";
import { describe, expect, it } from "vitest";

/** Raw TCP, for peers that misbehave. */
function openRaw(port: number): Promise<RawConnection> {
  return new Promise((resolve, reject) => {
    const socket = openTcp({ host: "127.0.0.1", port, allowHalfOpen: true, noDelay: true });
    const chunks: Buffer[] = [];
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("end", () => socket.end());
    socket.on("error", reject);
    const received = new Promise<Uint8Array>((close) => socket.on("close", () => close(Buffer.concat(chunks))));
    socket.on("connect", () => {
      resolve({
        write: (bytes) => void socket.write(bytes),
        end: () => void socket.end(),
        pause: () => void socket.pause(),
        drop: () => void socket.destroy(),
        received,
      });
    });
  });
}

// In a directory of its own, which the system cleans up.
const unixSocket = join(mkdtempSync(join(tmpdir(), "hybi-")), "socket");

const certificate = await selfSigned();
const tls = { ...certificate, trusting: { tls: { ca: certificate.cert } } };

const deflate = permessageDeflate();
adapterContract(
  "@hybi/node",
  { connect, listen, openRaw, unixSocket, tls, deflate, WebSocket, WebSocketStream },
  { describe, it, expect },
);
