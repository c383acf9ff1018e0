/** Workers that run the cases of `in-worker`, and servers of this process for them to connect to, for the tests of a file. */
import { listen, type Server } from "@hybi/node";
import { type SelfSigned, selfSigned } from "@hybi/testing/adapter-contract";
import type { IncomingOpening, OpeningHandler } from "@hybi/websocket";
import { afterAll, afterEach, beforeAll, describe, expect } from "vitest";
import type { Given } from "./in-worker/cases.ts";
import { startWorkerd, type Workerd } from "./workerd.ts";

/**
 * The behaviour of the platform that the Workers are written for: of the year in which they got TCP sockets, and of today. In
 * the former, what a promise of another request leads to is not even brought back to its own request.
 */
const compatibilityDates = { "of 2023": "2023-08-01", "of today": "2026-07-01" };
type Behaviour = keyof typeof compatibilityDates;

export class World {
  readonly #behaviour: Behaviour;
  readonly #servers: Server[] = [];
  #workerd: Workerd | undefined;
  /** Chars of its log that earlier tests have answered for. */
  #logged = 0;
  #identity: SelfSigned | undefined;

  constructor(behaviour: Behaviour) {
    this.#behaviour = behaviour;
  }

  async begin(): Promise<void> {
    this.#identity = await selfSigned();
    const entry = `${import.meta.dirname}/in-worker/main.ts`;
    const compatibilityDate = compatibilityDates[this.#behaviour];
    this.#workerd = await startWorkerd({ main: { entry, compatibilityDate } }, [this.#identity.cert]);
  }

  /** A server for the rest of the test; its URL. */
  async serve(handler: OpeningHandler, options: Parameters<typeof listen>[0] = {}): Promise<string> {
    const server = await listen({ host: "127.0.0.1", ...options }, handler);
    this.#servers.push(server);
    return server.url;
  }

  /** As `serve`, over TLS with a certificate that the Workers trust. */
  serveSecurely(handler: OpeningHandler): Promise<string> {
    return this.serve(handler, { tls: { ...this.#identity } });
  }

  /** Runs a case in a request of its own; what it returned. */
  async run(name: string, given: Given, signal?: AbortSignal): Promise<unknown> {
    const url = `${this.#workerd?.urls.main}/${name}`;
    const response = await fetch(url, { method: "POST", body: JSON.stringify(given), signal: signal ?? null });
    if (!response.ok) throw new Error(await response.text());
    return response.json();
  }

  /** No error went uncaught; servers of the test end. */
  async endTest(): Promise<void> {
    await Promise.all(this.#servers.splice(0).map((server) => server.close({ timeout: 0 })));
    const log = this.#workerd?.log() ?? "";
    const news = log.slice(this.#logged);
    this.#logged = log.length;
    expect(news).not.toMatch(/uncaught|hang|never generate a response/i);
  }

  async end(): Promise<void> {
    await this.#workerd?.stop();
  }
}

/** Tests in Workers of each behaviour. */
export function describeInWorkers(title: string, tests: (world: World) => void): void {
  describe.each(Object.keys(compatibilityDates) as Behaviour[])(`${title}, with the behaviour %s`, (behaviour) => {
    const world = new World(behaviour);
    beforeAll(() => world.begin());
    afterEach(() => world.endTest());
    afterAll(() => world.end());
    tests(world);
  });
}

/** A handler that sends back what it is sent. */
export function echo(opening: IncomingOpening): void {
  const socket = opening.accept();
  socket.binaryType = "arraybuffer";
  socket.onmessage = ({ data }) => socket.send(data);
}
