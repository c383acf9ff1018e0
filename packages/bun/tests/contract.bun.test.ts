/** The adapter contract, on Bun. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, listen, WebSocket, WebSocketStream } from "@hybi/bun";
import { permessageDeflate } from "@hybi/permessage-deflate";
import { adapterContract, selfSigned } from "@hybi/testing/adapter-contract";
import { describe, expect, it } from "vitest";
import { openRaw } from "./open-raw.ts";

// In a directory of its own, which the system cleans up.
const unixSocket = join(mkdtempSync(join(tmpdir(), "hybi-")), "socket");

const certificate = await selfSigned();
const tls = { ...certificate, trusting: { tls: { ca: certificate.cert } } };

const deflate = permessageDeflate();
adapterContract(
  "@hybi/bun",
  { connect, listen, openRaw, unixSocket, tls, deflate, WebSocket, WebSocketStream },
  { describe, it, expect },
);
