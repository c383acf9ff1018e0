/**
 * The type by which the compiler checks that the classes of our adapters are a `WebSocketClass`. They have one form of binary messages
 * more, and more members of events, so that they cannot simply be assigned: properties for listeners are compared as if a program read them.
 */
import type { CloseEvent, MessageData, WebSocket, WebSocketClass, WebSocketEventMap } from "./websocket.ts";

export interface AdapterClass extends Omit<WebSocketClass, "prototype"> {
  new (url: string | URL, protocols?: string | string[]): AdapterSocket;
  readonly prototype: AdapterSocket;
}

interface AdapterSocket extends Omit<WebSocket, "binaryType" | `on${keyof WebSocketEventMap}`> {
  binaryType: WebSocket["binaryType"] | "bytes";
  onopen: AdapterListener<Event>;
  onmessage: AdapterListener<Event & { readonly data: MessageData | Uint8Array }>;
  onerror: AdapterListener<Event>;
  onclose: AdapterListener<CloseEvent>;
}

/** The type of a method, whose parameter may have more members than `Type`. */
type AdapterListener<Type> = { listen(event: Type): unknown }["listen"] | null;
