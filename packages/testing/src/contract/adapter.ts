/** An adapter as the contract sees it. */
import type { Extension } from "@hybi/core";
import type {
  BroadcastOptions,
  ClientSocketOptions,
  OpeningHandler,
  ServerOptions,
  ServerTotals,
  ShutdownOptions,
  WebSocket,
  WebSocketStream,
} from "@hybi/websocket";

/** A connection below WebSocket, to be what no endpoint of ours would be. */
export interface RawConnection {
  /** Bytes that there is no room for wait, however many they are. */
  write(bytes: Uint8Array): void;
  /** Closes our half. */
  end(): void;
  /** Reads nothing any more, but what is being read already. */
  pause(): void;
  /** Closes both halves at once: the peer sees a reset when it has sent something that was not read. */
  drop(): void;
  /** All bytes that came, once the connection is closed or lost, by whomever. */
  readonly received: Promise<Uint8Array>;
}

export interface ListenSettings extends Omit<ServerOptions, "host"> {
  readonly host?: string | undefined;
  readonly path?: string | undefined;
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  readonly onError?: ((error: unknown) => unknown) | undefined;
}

export interface AdapterServer {
  readonly port: number;
  readonly url: string;
  /** Connections, and openings that are under way. */
  readonly connections: number;
  readonly totals: ServerTotals;
  broadcast(data: string | ArrayBufferLike | ArrayBufferView, options?: BroadcastOptions): number;
  close(options?: ShutdownOptions): Promise<void>;
}

/** What is tested. */
export interface Adapter {
  connect(
    url: string,
    options?: ClientSocketOptions & {
      readonly signal?: AbortSignal | undefined;
      readonly transport?: object | undefined;
    },
  ): Promise<WebSocket>;
  listen(options: ListenSettings, handler: OpeningHandler): Promise<AdapterServer>;
  /** The interfaces of the web platform. What they look like is not asked for when left out. */
  readonly WebSocket?: typeof WebSocket | undefined;
  readonly WebSocketStream?: typeof WebSocketStream | undefined;
  /** Opens a TCP connection to a port of 127.0.0.1, by whatever means the runtime has. */
  openRaw(port: number): Promise<RawConnection>;
  /** A certificate for 127.0.0.1 and its key, in PEM, and the `options.transport` of a client that trusts it. */
  readonly tls: { readonly cert: string; readonly key: string; readonly trusting: object };
  /** Where a Unix socket may be made: a path at which nothing stands. Not asked for when left out. */
  readonly unixSocket?: string | undefined;
  /** permessage-deflate, to see what becomes of who sends little that is much. Not asked for when left out. */
  readonly deflate?: Extension | undefined;
  /** What the runtime does not allow, and is not asked for therefore. */
  readonly lacks?: readonly Lack[] | undefined;
}

/**
 * `tls/drop-in-handshake`: to drop a TCP connection whose TLS handshake is not over.
 */
export type Lack = "tls/drop-in-handshake";
