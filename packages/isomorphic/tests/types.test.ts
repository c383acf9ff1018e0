import type { SocketLike } from "@hybi/websocket";
import { expectTypeOf, it } from "vitest";
import type { WebSocket } from "../src/index.ts";

it("a socket has the type that `reconnect` takes", () => expectTypeOf<WebSocket>().toExtend<SocketLike>());
