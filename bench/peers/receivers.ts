/** Adapts the receiving half of each implementation to one interface: chunks in, messages into a ledger. */
import * as ws from "ws";
import type { Ledger } from "../ledger.ts";
import { Connection, type ConnectionSink, nodeFunctions, plainAgreement, randomSource } from "../subject.ts";
import { leastReceiver } from "./least-receiver.ts";

export type Role = "client" | "server";

/** Processes a chunk, which it may change. */
export type Receive = (chunk: Uint8Array) => void;

interface WsReceiver {
  on(event: "message", listener: (data: Buffer, isBinary: boolean) => void): void;
  on(event: "ping", listener: (data: Buffer) => void): void;
  on(event: "error", listener: (error: Error) => void): void;
  write(chunk: Buffer): void;
}
const { Receiver } = ws as unknown as { Receiver: new (options: { isServer: boolean }) => WsReceiver };

export function receiver(implementation: string, role: Role, ledger: Ledger): Receive {
  if (implementation.startsWith("ws")) return wsReceiver(role, ledger);
  if (implementation.startsWith("least")) return leastReceiver(role, ledger, implementation.endsWith("event"));
  const connection = new Connection(plainAgreement(role), {
    random: randomSource,
    native: implementation.includes("host") ? nodeFunctions : undefined,
  });
  return implementation.endsWith("sink") ? intoSink(connection, ledger) : intoEvents(connection, ledger);
}

function wsReceiver(role: Role, ledger: Ledger): Receive {
  const receiver = new Receiver({ isServer: role === "server" });
  receiver.on("message", (data, isBinary) => {
    if (isBinary) ledger.binary(data, 0, data.length);
    else ledger.text(data.toString());
  });
  receiver.on("ping", (data) => ledger.ping(data));
  receiver.on("error", (error) => {
    throw error;
  });
  return (chunk) => receiver.write(chunk as Buffer);
}

function intoEvents(connection: Connection, ledger: Ledger): Receive {
  return (chunk) => {
    for (const event of connection.receive(chunk)) {
      if (event.type === "text") ledger.text(event.data);
      else if (event.type === "binary") ledger.binary(event.data, 0, event.data.length);
      else if (event.type === "ping") ledger.ping(event.payload);
      else throw new Error(`Unexpected: ${JSON.stringify(event)}`);
    }
  };
}

function intoSink(connection: Connection, ledger: Ledger): Receive {
  const unexpected = (): never => {
    throw new Error("Unexpected call of the sink.");
  };
  const sink: ConnectionSink = {
    text: (data) => ledger.text(data),
    binary: (bytes, start, end) => ledger.binary(bytes, start, end),
    ping: (payload) => ledger.ping(payload),
    piece: unexpected,
    pong: unexpected,
    close: unexpected,
    failure: unexpected,
    end: unexpected,
  };
  return (chunk) => connection.receiveInto(chunk, sink);
}
