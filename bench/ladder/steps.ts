/**
 * The steps from the least program to the published interface, each of which adds what it promises to the one before. Their parts are
 * those of the packages, but for the least program's own.
 */

export interface Step {
  /** Name among the subjects of the measurements. */
  readonly name: string;
  readonly title: string;
}

/** Steps of servers, in order. */
export const serverSteps: readonly Step[] = [
  { name: "bare", title: "bare: nothing is checked" },
  { name: "ladder-frames", title: "+ every frame header is checked" },
  { name: "ladder-messages", title: "+ messages: fragments, limits, valid UTF-8" },
  { name: "ladder-connection", title: "+ connection: states, Close, Pings, queued output, counters" },
  { name: "ladder-endpoint", title: "+ endpoint: a strict opening handshake" },
  { name: "ladder-pump", title: "+ pump: shares of the turn, one write in flight, pauses, errors" },
  { name: "ladder-deadlines", title: "+ deadlines: opening, closing, keepalive, stalled, floods" },
  { name: "ladder-memory", title: "+ memory is counted for a budget" },
  { name: "ladder-socket", title: "+ WebSocket: EventTarget, MessageEvent, queues, bufferedAmount, server" },
  { name: "listen", title: "+ listen: places by address, information about the peer" },
];

/** Steps of clients, in order. */
export const clientSteps: readonly Step[] = [
  ...serverSteps.filter(({ name }) => !["ladder-memory", "ladder-socket", "listen"].includes(name)),
  { name: "connect", title: "+ connect: WebSocket, with EventTarget, MessageEvent, queues, bufferedAmount" },
];
