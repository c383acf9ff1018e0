/** A program that consists of a client whose server is unreachable. */

import { createWebSocketClass } from "../../src/client/create-websocket-class.ts";
import { reconnect } from "../../src/reconnect/reconnect.ts";

const WebSocket = createWebSocketClass(() => Promise.reject(new Error("nobody is there")));
const client = reconnect(() => new WebSocket("ws://example.com/"), { firstDelay: 10, attempts: 2 });
client.addEventListener("waiting", () => console.log("waiting"));
client.addEventListener("ended", () => console.log("ended"));
