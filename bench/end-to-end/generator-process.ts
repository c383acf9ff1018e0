/** The parent's side of the load generator. */
import { type ChildProcess, fork } from "node:child_process";
import { bundle } from "../bundle.ts";
import type { GeneratorRequest, GeneratorResponse, Target, TrafficKind } from "./generator.ts";
import type { ServerProcess } from "./server-process.ts";

/** The result of a request: number of messages or connections, and the time it took. */
export interface Outcome {
  readonly count: number;
  readonly seconds: number;
}

export class GeneratorProcess {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(): Promise<GeneratorProcess> {
    return new GeneratorProcess(fork(await bundle("end-to-end/generator")));
  }

  /** Opens connections to `server`, `parallel` at a time. */
  open(server: ServerProcess, connections: number, parallel: number): Promise<Outcome> {
    return this.#ask({ type: "open", target: targetOf(server), connections, parallel });
  }

  /** Verifies the echo once on each connection. */
  verify(server: ServerProcess, traffic: TrafficKind): Promise<Outcome> {
    return this.#ask({ type: "verify", target: targetOf(server), traffic });
  }

  run(server: ServerProcess, traffic: TrafficKind, milliseconds: number): Promise<Outcome> {
    return this.#ask({ type: "run", target: targetOf(server), traffic, milliseconds });
  }

  /** Drops the connections to `server`. */
  close(server: ServerProcess): Promise<Outcome> {
    return this.#ask({ type: "close", target: targetOf(server) });
  }

  end(): void {
    this.#child.disconnect();
  }

  #ask(request: GeneratorRequest): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const ended = (): void => reject(new Error("The load generator has exited."));
      this.#child.once("exit", ended);
      this.#child.once("message", (response: GeneratorResponse) => {
        this.#child.off("exit", ended);
        if ("error" in response) reject(new Error(response.error));
        else resolve(response);
      });
      this.#child.send(request);
    });
  }
}

function targetOf({ port, subject }: ServerProcess): Target {
  return { port, isWebSocket: subject.isWebSocket, deflate: subject.deflate };
}
