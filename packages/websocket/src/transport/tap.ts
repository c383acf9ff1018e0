/**
 * A wire tap: a transport that reports what goes over another one. For dumps, counters and captures; connections without one do
 * not know that it exists.
 */
import { checkOptions, type OptionChecks, takes } from "@hybi/core/options";
import { systemClock } from "../event-loop/clock.ts";
import { callGuarded, createReporter, type ErrorHandler, printed, type Reporter } from "../event-loop/reporter.ts";
import { transportCheck } from "./checks.ts";
import type { Transport, TransportSink } from "./transport.ts";

/** What a tap reports, in the order in which it happens. `in` is from the peer, `out` to the peer. */
export type TapEvent =
  /** A chunk. `bytes` are a copy, which belongs to the sink: changing them changes nothing on the wire. */
  | { readonly type: "data"; readonly direction: "in" | "out"; readonly bytes: Uint8Array<ArrayBuffer> }
  /** The transport has room again: the chunks out since the last drain have left, or are in a buffer of the transport. */
  | { readonly type: "drain" }
  /** A half is closed (FIN). */
  | { readonly type: "end"; readonly direction: "in" | "out" }
  /** This side stops or restarts reading. */
  | { readonly type: "pause" | "resume" }
  /** This side drops the transport. */
  | { readonly type: "abort" }
  /** The transport was lost, with the reason; `close` follows. */
  | { readonly type: "error"; readonly error: unknown }
  /** Both halves are closed or lost. The last event. */
  | { readonly type: "close" };

/** Options of `tap()`. */
export interface TapOptions {
  /** Receives what the sink throws, or what its promise rejects with. Without it errors are printed with `console.error`. */
  readonly onError?: ErrorHandler | undefined;
}

const tapChecks: OptionChecks<TapOptions> = { onError: takes.callback };

/**
 * Returns a transport that does what `transport` does, and reports it to `sink`. Each event is reported before it takes effect. What
 * the sink throws goes to `onError`, and harms no connection. Data costs a copy of each chunk.
 *
 * @throws UsageError `option/unknown`, `option/type`
 * @example
 * const dump = new WireDump({ print: console.log });
 * server.receive(tap(transport, (event) => {
 *   if (event.type === "data") dump.receive(event.direction === "in" ? "client" : "server", event.bytes);
 * }));
 */
export function tap(transport: Transport, sink: (event: TapEvent) => unknown, options: TapOptions = {}): Transport {
  transportCheck(transport, "The transport of tap()");
  takes.callback(sink, "The sink of tap()");
  checkOptions("tap", options, tapChecks);
  return new TappedTransport(transport, sink, createReporter(options.onError, systemClock, printed));
}

/** Has all members, the optional ones included: the compiler asks for one that is new. */
class TappedTransport implements Transport, Record<keyof Transport, unknown> {
  readonly #transport: Transport;
  readonly #report: (event: TapEvent) => void;
  /** Whether the transport was dropped, maybe by the sink: nothing follows that the transport would not expect then. */
  #isAborted = false;

  constructor(transport: Transport, sink: (event: TapEvent) => unknown, reporter: Reporter) {
    this.#transport = transport;
    this.#report = (event) => callGuarded(() => sink(event), reporter);
  }

  start(sink: TransportSink): void {
    this.#transport.start(new TappedSink(sink, this.#report));
  }

  write(chunks: readonly Uint8Array[]): void {
    for (const chunk of chunks) this.#report({ type: "data", direction: "out", bytes: copyOf(chunk) });
    if (!this.#isAborted) this.#transport.write(chunks);
  }

  end(): void {
    this.#report({ type: "end", direction: "out" });
    if (!this.#isAborted) this.#transport.end();
  }

  abort(): void {
    this.#isAborted = true;
    this.#report({ type: "abort" });
    this.#transport.abort();
  }

  pause(): void {
    this.#report({ type: "pause" });
    if (!this.#isAborted) this.#transport.pause();
  }

  resume(): void {
    this.#report({ type: "resume" });
    if (!this.#isAborted) this.#transport.resume();
  }

  get remoteAddress(): string | undefined {
    return this.#transport.remoteAddress;
  }

  ref(): void {
    this.#transport.ref?.();
  }

  unref(): void {
    this.#transport.unref?.();
  }
}

class TappedSink implements TransportSink {
  readonly #sink: TransportSink;
  readonly #report: (event: TapEvent) => void;

  constructor(sink: TransportSink, report: (event: TapEvent) => void) {
    this.#sink = sink;
    this.#report = report;
  }

  data(chunk: Uint8Array, isLast?: boolean): void {
    // Before it is passed on: the receiver owns the chunk, and unmasks it in place. The receiver also refuses what is no chunk.
    if (ArrayBuffer.isView(chunk)) this.#report({ type: "data", direction: "in", bytes: copyOf(chunk) });
    this.#sink.data(chunk, isLast);
  }

  drain(): void {
    this.#report({ type: "drain" });
    this.#sink.drain();
  }

  end(): void {
    this.#report({ type: "end", direction: "in" });
    this.#sink.end();
  }

  error(error: unknown): void {
    this.#report({ type: "error", error });
    this.#sink.error(error);
  }

  close(): void {
    this.#report({ type: "close" });
    this.#sink.close();
  }
}

/** Not `slice`, which returns a view for a Buffer of Node. */
function copyOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
