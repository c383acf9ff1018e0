/** The interface of an adapter, as the contract tests it. */
import type { Extension } from "@hybi/core";
import type {
  ConnectOptions,
  ListenOptions,
  OpeningHandler,
  Server,
  WebSocket,
  WebSocketClass,
  WebSocketStreamClass,
} from "@hybi/websocket";

/** A raw connection below WebSocket, for behaviour that no endpoint of this library would show. */
export interface RawConnection {
  /** Writes bytes; bytes for which there is no room are queued without limit. */
  write(bytes: Uint8Array): void;
  /** Closes our half. */
  end(): void;
  /** Stops reading, except for a read already in progress. */
  pause(): void;
  /** Closes both halves at once: the peer sees a reset if some of its data was not read. */
  drop(): void;
  /** All bytes received, once the connection is closed or lost, by either side. */
  readonly received: Promise<Uint8Array>;
}

/** Options with which the suite listens. */
export interface ListenSettings extends ListenOptions<{ readonly cert: string; readonly key: string }> {}

/** The adapter under test: what `createAdapter` makes, and what the suite needs beside it. */
export interface TestedAdapter {
  connect(url: string, options?: ConnectOptions): Promise<WebSocket>;
  listen(handler: OpeningHandler, options: ListenSettings): Promise<Server>;
  /** The web platform interfaces of the adapter. Not tested when omitted. */
  readonly WebSocket?: WebSocketClass<never> | undefined;
  readonly WebSocketStream?: WebSocketStreamClass<never> | undefined;
  /** Opens a TCP connection to a port of 127.0.0.1, with any API of the runtime. */
  openRaw(port: number): Promise<RawConnection>;
  /** A certificate for 127.0.0.1 and its key, in PEM, and the `transportOptions` of a client that trusts it. */
  readonly tls: { readonly cert: string; readonly key: string; readonly trusting: object };
  /** An unused path at which a Unix socket may be created. Not tested when omitted. */
  readonly unixSocket?: string | undefined;
  /** permessage-deflate, to test clients that send little data that inflates to much. Not tested when omitted. */
  readonly deflate?: Extension | undefined;
  /** Capabilities that the runtime lacks; their tests are skipped. */
  readonly lacks?: readonly Lack[] | undefined;
}

/**
 * `tls/drop-in-handshake`: dropping a TCP connection whose TLS handshake has not finished.
 */
export type Lack = "tls/drop-in-handshake";
