/** Servers of the steps: what each does with a socket that was accepted. */
import type { Socket } from "node:net";
import { Connection, type ConnectionConfig, Endpoint, plainAgreement, ServerConfig } from "@hybi/core";
import { NodeTransport, nodeFunctions, WebSocketServer } from "@hybi/node";
import { MemoryBudget } from "@hybi/websocket";
import { respond } from "../bare/server.ts";
import { echoing } from "../end-to-end/echoing.ts";
import {
  CodecConnection,
  EndpointConnection,
  FramesConnection,
  type LadderConnection,
  MessagesConnection,
  noDeadlines,
  PumpConnection,
} from "./connections.ts";

type Accept = (socket: Socket) => void;

/** Returns the step `name`, as an echo server. `ping`: milliseconds between the Pings of a connection, or 0 for those of the step. */
export function ladderServer(name: string, ping: number): Accept {
  const config = ServerConfig.of({ native: nodeFunctions });
  const opened = (connection: LadderConnection): void => {
    connection.onmessage = ({ data }) => connection.send(data);
  };
  /** For steps that have no deadlines. */
  const openedWithTimer = (socket: Socket, connection: LadderConnection): void => {
    opened(connection);
    if (ping === 0) return;
    const timer = setInterval(() => connection.sendPing(), ping);
    socket.on("close", () => clearInterval(timer));
  };
  const deadlines = ping === 0 ? {} : { ping };
  const memory = new MemoryBudget(2 ** 30);
  switch (name) {
    case "ladder-frames":
      return answering((socket) => openedWithTimer(socket, new FramesConnection(socket, false)));
    case "ladder-messages":
      return answering((socket) => openedWithTimer(socket, new MessagesConnection(socket, false)));
    case "ladder-connection":
      return answering((socket) => openedWithTimer(socket, new CodecConnection(socket, connectionOf(config))));
    case "ladder-endpoint":
      return (socket) =>
        void new EndpointConnection(socket, Endpoint.server(config), (connection) =>
          openedWithTimer(socket, connection),
        );
    case "ladder-pump":
      return (socket) =>
        void new PumpConnection(
          socket,
          Endpoint.server(config),
          { deadlines: noDeadlines, memory: undefined },
          (connection) => openedWithTimer(socket, connection),
        );
    case "ladder-deadlines":
      return (socket) =>
        void new PumpConnection(socket, Endpoint.server(config), { deadlines, memory: undefined }, opened);
    case "ladder-memory":
      return (socket) => void new PumpConnection(socket, Endpoint.server(config), { deadlines, memory }, opened);
    case "ladder-socket": {
      const server = new WebSocketServer(echoing("bytes"), { deadlines });
      return (socket) => server.receive(new NodeTransport(socket));
    }
    default:
      throw new Error(`There is no step "${name}".`);
  }
}

/** Answers the opening request as the bare program does, and calls `open`. */
function answering(open: Accept): Accept {
  return (socket) => {
    socket.on("error", () => {});
    socket.on("end", () => socket.end());
    socket.once("data", (request: Buffer) => {
      respond(socket, request);
      open(socket);
    });
  };
}

function connectionOf(config: ConnectionConfig): Connection {
  return new Connection(plainAgreement("server"), config);
}
