/** The entry for bundles of pages: there is no server, and the platform has a WebSocket of its own. */

/** @throws Error always, as the one of `ws` does */
export function WebSocket(): never {
  throw new Error("@hybi/ws does not work in the browser. Browser clients must use the native WebSocket object");
}

export {
  WebSocket as createWebSocketStream,
  WebSocket as default,
  WebSocket as extension,
  WebSocket as PerMessageDeflate,
  WebSocket as Receiver,
  WebSocket as Sender,
  WebSocket as Server,
  WebSocket as subprotocol,
  WebSocket as WebSocketServer,
};
