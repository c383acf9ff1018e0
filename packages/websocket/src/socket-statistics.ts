/** Counters of a connection, as plain data, before there is one and after it as well. */
import type { Statistics } from "@hybi/core";
import type { Pump } from "./pump.ts";

/** Counters of a connection, as plain data. */
export interface SocketStatistics extends Statistics {
  /** Bytes, framing included, that were sent and have not left. */
  readonly bufferedLength: number;
  /** Milliseconds of the latest Ping that was answered; undefined before the first. */
  readonly roundTripTime: number | undefined;
}

const noStatistics: Statistics = {
  bytesReceived: 0,
  bytesTaken: 0,
  messagesReceived: 0,
  messagesSent: 0,
  controlFramesReceived: 0,
  pingsTaken: 0,
};

/** The counters of now. */
export function statisticsOf(pump: Pump | undefined): SocketStatistics {
  return {
    ...(pump?.endpoint.statistics ?? noStatistics),
    bufferedLength: pump?.bufferedLength ?? 0,
    roundTripTime: pump?.roundTripTime,
  };
}
