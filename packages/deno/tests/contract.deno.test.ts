/** The adapter contract, on Deno. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, listen, WebSocket, WebSocketStream } from "@hybi/deno";
import { permessageDeflate } from "@hybi/permessage-deflate";
import { adapterContract, selfSigned } from "@hybi/testing/adapter-contract";
import { describe, expect, it } from "vitest";
import { openRaw } from "./open-raw.ts";

// In a directory of its own, which the system cleans up.
const unixSocket = join(mkdtempSync(join(tmpdir(), "hybi-")), "socket");

const certificate = await selfSigned();
const tls = { ...certificate, trusting: { tls: { caCerts: [certificate.cert] } } };

// On `close` of a TLS connection, Deno tries to shut it down cleanly for as long as the peer stays.
const lacks = ["tls/drop-in-handshake"] as const;

const deflate = permessageDeflate();
adapterContract(
  "@hybi/deno",
  { connect, listen, openRaw, unixSocket, tls, lacks, deflate, WebSocket, WebSocketStream },
  { describe, it, expect },
);
