/** A clock and a transport that do nothing by themselves: time is a number, and the network an array. */
import type { Clock, Timer } from "../../src/clock.ts";
import type { Transport, TransportSink } from "../../src/transport.ts";

export class ManualClock implements Clock {
  time = 0;
  /** How many timers were ever started. */
  started = 0;
  #deferred: (() => void)[] = [];
  #turns: (() => void)[] = [];
  #timer: { readonly at: number; readonly task: () => void } | undefined;

  now(): number {
    return this.time;
  }

  get timerAt(): number | undefined {
    return this.#timer?.at;
  }

  startTimer(milliseconds: number, task: () => void): Timer {
    if (this.#timer !== undefined) throw new Error("There is a timer already.");
    const timer = { at: this.time + milliseconds, task };
    this.#timer = timer;
    this.started++;
    return {
      stop: () => {
        if (this.#timer === timer) this.#timer = undefined;
      },
    };
  }

  defer(task: () => void): void {
    this.#deferred.push(task);
  }

  nextTurn(task: () => void): void {
    this.#turns.push(task);
  }

  /** The code that runs has come to rest. */
  rest(): void {
    for (let task = this.#deferred.shift(); task !== undefined; task = this.#deferred.shift()) task();
  }

  /** Another turn of the event loop. */
  turn(): void {
    for (const task of this.#turns.splice(0)) task();
    this.rest();
  }

  advanceTo(time: number): void {
    while (this.#timer !== undefined && this.#timer.at <= time) {
      const { at, task } = this.#timer;
      this.time = at;
      this.#timer = undefined;
      task();
      this.rest();
    }
    this.time = time;
  }
}

export class ManualTransport implements Transport {
  readonly calls: string[] = [];
  /** Each write, its chunks joined. */
  readonly writes: Uint8Array[] = [];
  sink: TransportSink | undefined;

  start(sink: TransportSink): void {
    this.sink = sink;
  }

  write(chunks: readonly Uint8Array[]): void {
    this.calls.push("write");
    this.writes.push(Uint8Array.from(chunks.flatMap((chunk) => [...chunk])));
  }

  end(): void {
    this.calls.push("end");
  }

  abort(): void {
    this.calls.push("abort");
  }

  pause(): void {
    this.calls.push("pause");
  }

  resume(): void {
    this.calls.push("resume");
  }
}
