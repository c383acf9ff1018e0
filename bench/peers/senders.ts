/** Adapts the sending half of each implementation to one interface: messages in, bytes into a gather sink. */
import * as ws from "ws";
import type { GatherSink } from "../gather-sink.ts";
import { Connection, nodeFunctions, plainAgreement, randomSource } from "../subject.ts";
import type { Role } from "./receivers.ts";

/** Sends the messages of one turn. All output has been written when it returns. */
export type SendTurn = (messages: readonly (string | Uint8Array)[]) => void;

interface WsSender {
  send(data: string | Uint8Array, options: Record<string, boolean>): void;
}
const { Sender } = ws as unknown as { Sender: new (socket: object, extensions: object) => WsSender };

export function sender(implementation: string, role: Role, sink: GatherSink): SendTurn {
  return implementation.startsWith("ws") ? wsSender(role, sink) : hybiSender(implementation, role, sink);
}

function wsSender(role: Role, sink: GatherSink): SendTurn {
  const socket = {
    cork: () => {},
    uncork: () => {},
    write: (piece: string | Uint8Array) => sink.write(piece),
  };
  const wsSender = new Sender(socket, {});
  const mask = role === "client";
  return (messages) => {
    for (const data of messages) {
      wsSender.send(data, { binary: typeof data !== "string", mask, compress: false, fin: true });
    }
  };
}

function hybiSender(implementation: string, role: Role, sink: GatherSink): SendTurn {
  const connection = new Connection(plainAgreement(role), {
    random: randomSource,
    native: implementation.includes("host") ? nodeFunctions : undefined,
  });
  return (messages) => {
    for (const data of messages) {
      if (typeof data === "string") connection.sendText(data);
      else connection.sendBinary(data);
    }
    const chunks = connection.takeOutput();
    for (const chunk of chunks) sink.write(chunk);
    connection.releaseOutput(chunks);
  };
}
