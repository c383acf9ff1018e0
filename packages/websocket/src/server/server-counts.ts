/** What a server counts: openings that came to nothing, connections, and the traffic of those that have ended. */
import type { Statistics } from "@hybi/core";
import type { Closable } from "../pump/closable.ts";
import { Pump } from "../pump/pump.ts";
import { Lifecycle } from "../socket/lifecycle.ts";

/**
 * Why an opening came to nothing: no place by `maxConnections`, `memoryBudget`, `openingsPerAddress` or `streamsPerSession`; the server
 * has stopped accepting; the TLS handshake failed; the request was not valid, or from a page of another origin; it came too late, or
 * the handler took too long; the handler rejected it, failed or did not answer; or the client left first.
 */
export type RefusalReason =
  | "connections"
  | "memory"
  | "address"
  | "session"
  | "stopped"
  | "tls"
  | "invalid"
  | "late"
  | "handler"
  | "left";

/** Bytes and messages of the connections of a server, streams included, with their framing, since each was open. */
export interface ServerTraffic {
  readonly bytesReceived: number;
  /** Bytes taken for sending; some of them may not have left yet. */
  readonly bytesSent: number;
  readonly messagesReceived: number;
  readonly messagesSent: number;
  /** Open connections with more output waiting than `slowAbove`: their clients do not keep up. */
  readonly slow: number;
}

export class ServerCounts {
  readonly refusals: Record<RefusalReason, number> = {
    ...{ connections: 0, memory: 0, address: 0, session: 0, stopped: 0 },
    ...{ tls: 0, invalid: 0, late: 0, handler: 0, left: 0 },
  };
  /** Sockets and streams that have not ended. */
  open = 0;
  /** Connections that have ended, with output that is still being written. */
  lingering = 0;
  /** Openings that were accepted, ever. */
  accepted = 0;
  /** Of connections that have ended. */
  readonly #past = { bytesReceived: 0, bytesSent: 0, messagesReceived: 0, messagesSent: 0 };

  entered(connection: Closable): void {
    if (connection instanceof Lifecycle) {
      this.open++;
      this.accepted++;
    } else if (connection instanceof Pump) this.lingering++;
  }

  left(connection: Closable): void {
    if (connection instanceof Lifecycle) this.open--;
    else if (connection instanceof Pump) this.lingering--;
  }

  /** A connection is over, and its last output written or dropped. */
  retired({ endpoint }: Pump): void {
    add(this.#past, endpoint);
  }

  /** Visits all connections. */
  traffic(connections: Iterable<Closable>, slowAbove: number): ServerTraffic {
    const sum = { ...this.#past, slow: 0 };
    for (const connection of connections) {
      const pump = connection instanceof Lifecycle ? connection.currentPump : connection;
      if (!(pump instanceof Pump)) continue;
      add(sum, pump.endpoint);
      if (pump !== connection && pump.bufferedLength > slowAbove) sum.slow++;
    }
    return sum;
  }
}

function add(sum: { -readonly [Name in Exclude<keyof ServerTraffic, "slow">]: number }, counters: Statistics): void {
  sum.bytesReceived += counters.bytesReceived;
  sum.bytesSent += counters.bytesTaken;
  sum.messagesReceived += counters.messagesReceived;
  sum.messagesSent += counters.messagesSent;
}
