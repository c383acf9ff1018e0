/** The part used here of what Workers have beside the web platform: https://developers.cloudflare.com/workers/runtime-apis/ */
declare module "cloudflare:sockets" {
  export interface Socket {
    readonly readable: ReadableStream<Uint8Array>;
    readonly writable: WritableStream<Uint8Array>;
    readonly opened: Promise<unknown>;
    readonly closed: Promise<void>;
    close(): Promise<void>;
  }

  export function connect(
    address: { readonly hostname: string; readonly port: number },
    options?: { readonly secureTransport?: "off" | "on" | "starttls"; readonly allowHalfOpen?: boolean },
  ): Socket;
}

/** Two connected WebSockets: the first leaves with the response, and the second is the Worker's. */
interface WebSocketPair {
  readonly 0: WebSocket;
  readonly 1: WebSocket & { accept(): void };
}

declare var WebSocketPair: { new (): WebSocketPair };

interface ResponseInit {
  readonly webSocket?: WebSocketPair[0];
}

interface RequestInit {
  readonly duplex?: "half";
}
