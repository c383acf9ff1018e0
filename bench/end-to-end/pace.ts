/**
 * Sends messages on a schedule, whether or not earlier ones have been answered, and counts each one's latency from when it
 * was due. So a pause of the server, or of the generator, counts for every message that it delays.
 */
import type { ClientSocket } from "./client-socket.ts";
import { type TrafficKind, trafficOf } from "./traffic.ts";

/** In microseconds. */
export interface Latencies {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

/** Milliseconds after the last message is due, for what is still outstanding. */
const patience = 10_000;

/** Sends `rate` messages a second in total, in turns over `sockets`, for `milliseconds`. */
export async function pace(
  sockets: readonly ClientSocket[],
  traffic: TrafficKind,
  rate: number,
  milliseconds: number,
): Promise<Latencies> {
  const { batch } = trafficOf({ ...traffic, depth: 1 });
  const period = 1000 / rate;
  const total = Math.floor(milliseconds / period);
  const deadline = performance.now() + milliseconds + patience;
  const latencies: number[] = [];
  const start = performance.now();
  for (const [first, socket] of sockets.entries()) {
    let serial = first;
    socket.listen((count) => {
      const now = performance.now();
      for (let index = 0; index < count; index++, serial += sockets.length) {
        latencies.push((now - start - serial * period) * 1000);
      }
    });
  }
  let sent = 0;
  await new Promise<void>((resolve, reject) => {
    // Timers are too coarse for this, so the generator polls: it has a core to itself.
    const poll = (): void => {
      const due = Math.min(total, Math.floor((performance.now() - start) / period) + 1);
      for (; sent < due; sent++) sockets[sent % sockets.length]?.send(batch);
      if (latencies.length === total) resolve();
      else if (performance.now() < deadline) setImmediate(poll);
      else reject(new Error(`${latencies.length} of ${total} messages came back.`));
    };
    poll();
  });
  latencies.sort((a, b) => a - b);
  const quantile = (part: number): number => latencies[Math.floor((latencies.length - 1) * part)] as number;
  return { p50: quantile(0.5), p99: quantile(0.99), p999: quantile(0.999) };
}
