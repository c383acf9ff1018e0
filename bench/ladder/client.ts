/** Clients of the steps. */
import { connect, type Socket } from "node:net";
import { ClientConfig, Connection, Endpoint, plainAgreement } from "@hybi/core";
import { nodeFunctions } from "@hybi/node";
import { openBareSocket } from "../bare/client.ts";
import { randomSource } from "../subject.ts";
import {
  CodecConnection,
  EndpointConnection,
  FramesConnection,
  type LadderConnection,
  MessagesConnection,
  noDeadlines,
  PumpConnection,
} from "./connections.ts";

const config = ClientConfig.of({ native: nodeFunctions, random: randomSource });

/** Resolves with a connection of the step `name` to `url`, once the server has responded. */
export async function connectStep(name: string, url: string): Promise<LadderConnection> {
  switch (name) {
    case "ladder-frames":
      return new FramesConnection(await openBareSocket(url), true);
    case "ladder-messages":
      return new MessagesConnection(await openBareSocket(url), true);
    case "ladder-connection":
      return new CodecConnection(await openBareSocket(url), new Connection(plainAgreement("client"), config));
    case "ladder-endpoint":
      return open(url, (socket, opened) => new EndpointConnection(socket, Endpoint.client(config, url), opened));
    case "ladder-pump":
    case "ladder-deadlines": {
      const deadlines = name === "ladder-pump" ? noDeadlines : {};
      return open(
        url,
        (socket, opened) =>
          new PumpConnection(socket, Endpoint.client(config, url), { deadlines, memory: undefined }, opened),
      );
    }
    default:
      throw new Error(`There is no step "${name}".`);
  }
}

function open(
  url: string,
  create: (socket: Socket, opened: (connection: LadderConnection) => void) => LadderConnection,
): Promise<LadderConnection> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true, allowHalfOpen: true });
    socket.once("error", reject);
    create(socket, resolve);
  });
}
