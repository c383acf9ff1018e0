/** The type of `WebSocket` in all runtimes: what the WebSocket of each of them has. Of the platform's types it uses Blob and Event. */

/** What messages are: text, or bytes in the form that `binaryType` names. */
export type MessageData = string | ArrayBuffer | Blob;

/** What `send` takes. */
export type Sendable = string | ArrayBufferLike | ArrayBufferView | Blob;

/** A message. */
export interface MessageEvent extends Event {
  readonly data: MessageData;
}

/** The end of a connection. */
export interface CloseEvent extends Event {
  readonly code: number;
  readonly reason: string;
  /** Whether both sides have sent a Close frame. */
  readonly wasClean: boolean;
}

/** The events of a socket, by name. */
export interface WebSocketEventMap {
  open: Event;
  message: MessageEvent;
  error: Event;
  close: CloseEvent;
}

/** A listener for one kind of event. */
export type WebSocketListener<Type extends keyof WebSocketEventMap> = (event: WebSocketEventMap[Type]) => unknown;

/** A connection, with the interface of the web platform (https://websockets.spec.whatwg.org/#the-websocket-interface). */
export interface WebSocket {
  readonly url: string;
  readonly readyState: number;
  /** Bytes that `send` has queued and that the network has not taken yet. */
  readonly bufferedAmount: number;
  readonly extensions: string;
  readonly protocol: string;
  /** The form of binary messages. Set it: it begins as "blob", but not everywhere; in React Native it is undefined. */
  binaryType: "blob" | "arraybuffer";
  onopen: WebSocketListener<"open"> | null;
  onmessage: WebSocketListener<"message"> | null;
  onerror: WebSocketListener<"error"> | null;
  onclose: WebSocketListener<"close"> | null;
  send(data: Sendable): void;
  close(code?: number, reason?: string): void;
  addEventListener<Type extends keyof WebSocketEventMap>(
    type: Type,
    listener: WebSocketListener<Type>,
    options?: { readonly once?: boolean },
  ): void;
  removeEventListener<Type extends keyof WebSocketEventMap>(type: Type, listener: WebSocketListener<Type>): void;
}

/** The class of sockets. */
export interface WebSocketClass {
  new (url: string | URL, protocols?: string | string[]): WebSocket;
  readonly prototype: WebSocket;
  readonly CONNECTING: 0;
  readonly OPEN: 1;
  readonly CLOSING: 2;
  readonly CLOSED: 3;
}
