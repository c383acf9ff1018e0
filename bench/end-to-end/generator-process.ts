/** The parent's side of the load generator. */
import { type ChildProcess, fork } from "node:child_process";
import { bundle } from "../bundle.ts";
import type { Target } from "./client-socket.ts";
import type { GeneratorRequest, GeneratorResponse, Outcome } from "./generator.ts";
import type { Latencies } from "./pace.ts";
import type { ServerProcess } from "./server-process.ts";
import type { TrafficKind } from "./traffic.ts";

/** A request without its target. */
type Request = GeneratorRequest extends infer Each ? (Each extends unknown ? Omit<Each, "target"> : never) : never;

export class GeneratorProcess {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(): Promise<GeneratorProcess> {
    return new GeneratorProcess(fork(await bundle("end-to-end/generator")));
  }

  /** Opens connections to `server`, `parallel` at a time. @throws Error if not all could be opened */
  async open(server: ServerProcess, connections: number, parallel: number, listening = false): Promise<Outcome> {
    const outcome = await this.#ask(server, { type: "open", connections, parallel, listening });
    if (outcome.count < connections)
      throw new Error(`ONLY ${outcome.count} OF ${connections} CONNECTIONS to ${server.subject.title}.`);
    return outcome;
  }

  /** Verifies the echo once on each connection. */
  async verify(server: ServerProcess, traffic: TrafficKind): Promise<void> {
    await this.#ask(server, { type: "verify", traffic });
  }

  run(server: ServerProcess, traffic: TrafficKind, milliseconds: number): Promise<Outcome> {
    return this.#ask(server, { type: "run", traffic, milliseconds });
  }

  /** Sends `rate` messages a second. */
  async pace(server: ServerProcess, traffic: TrafficKind, rate: number, milliseconds: number): Promise<Latencies> {
    const { latencies } = await this.#ask(server, { type: "pace", traffic, rate, milliseconds });
    if (latencies === undefined) throw new Error("bug: no latencies");
    return latencies;
  }

  /** Returns the number of messages and Pings that listening connections got since the last call. */
  async received(server: ServerProcess): Promise<number> {
    return (await this.#ask(server, { type: "received" })).count;
  }

  /** Drops the connections to `server`. */
  async close(server: ServerProcess): Promise<void> {
    await this.#ask(server, { type: "close" });
  }

  end(): void {
    this.#child.disconnect();
  }

  #ask(server: ServerProcess, request: Request): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const ended = (): void => reject(new Error("The load generator has exited."));
      this.#child.once("exit", ended);
      this.#child.once("message", (response: GeneratorResponse) => {
        this.#child.off("exit", ended);
        if ("error" in response) reject(new Error(response.error));
        else resolve(response);
      });
      this.#child.send({ ...request, target: targetOf(server) });
    });
  }
}

function targetOf({ port, subject: { isWebSocket, options } }: ServerProcess): Target {
  return { port, isWebSocket, deflate: options.deflate, tls: options.tls };
}
