/** Workers that run the cases of `in-worker`, and servers in this process for them to connect to, for the tests of a file. */
import { type IncomingOpening, listen, type OpeningHandler, type Server } from "@hybi/node";
import { type SelfSigned, selfSigned } from "@hybi/testing/adapter-contract";
import { afterAll, afterEach, beforeAll, describe, expect } from "vitest";
import type { Given } from "./in-worker/cases.ts";
import { startWorkerd, type Workerd } from "./workerd.ts";

/**
 * The platform behaviors with which the Workers run: of the year in which they got TCP sockets, and of today. With the
 * former, continuations of another request's promise are not even resumed in their own request.
 */
const compatibilityDates = { "of 2023": "2023-08-01", "of today": "2026-07-01" };
type Behaviour = keyof typeof compatibilityDates;

export class World {
  readonly #behaviour: Behaviour;
  readonly #servers: Server[] = [];
  #workerd: Workerd | undefined;
  /** Length of the log already checked by earlier tests. */
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

  /** Starts a server for the rest of the test; returns its URL. */
  async serve(handler: OpeningHandler, options: Parameters<typeof listen>[1] = {}): Promise<string> {
    const server = await listen(handler, { host: "127.0.0.1", ...options });
    this.#servers.push(server);
    return server.url;
  }

  /** Like `serve`, over TLS with a certificate that the Workers trust. */
  serveSecurely(handler: OpeningHandler): Promise<string> {
    return this.serve(handler, { tls: { ...this.#identity } });
  }

  /** Runs a case in a request of its own; returns its result. */
  async run(name: string, given: Given, signal?: AbortSignal): Promise<unknown> {
    const url = `${this.#workerd?.urls.main}/${name}`;
    const response = await fetch(url, { method: "POST", body: JSON.stringify(given), signal: signal ?? null });
    if (!response.ok) throw new Error(await response.text());
    return response.json();
  }

  /** Checks that no error was uncaught, and closes the servers of the test. */
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

/** Defines tests that run in Workers with each behavior. */
export function describeInWorkers(title: string, tests: (world: World) => void): void {
  describe.each(Object.keys(compatibilityDates) as Behaviour[])(`${title}, with the behaviour %s`, (behaviour) => {
    const world = new World(behaviour);
    beforeAll(() => world.begin());
    afterEach(() => world.endTest());
    afterAll(() => world.end());
    tests(world);
  });
}

/** A handler that sends every message back. */
export function echo(opening: IncomingOpening): void {
  const socket = opening.accept();
  socket.binaryType = "arraybuffer";
  socket.onmessage = ({ data }) => socket.send(data);
}
