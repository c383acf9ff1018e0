/** Two backends behind a proxy, for the tests of one configuration, and clients of them. */
import {
  type CloseEvent,
  type ConnectOptions,
  connect,
  type ListenOptions,
  type MessageData,
  type Server,
  type WebSocket,
} from "@hybi/node";
import { afterAll, beforeAll, describe, onTestFinished } from "vitest";
import { openBackend } from "../../examples/behind-a-proxy/backend.ts";
import { type ProxyName, type RunningProxy, startProxy } from "../../examples/behind-a-proxy/proxy.ts";

export const proxyNames = ["nginx", "haproxy"] as const;

/** What a backend reports about itself and its client. */
export interface Greeting {
  readonly name: "one" | "two";
  readonly address: string;
  readonly secure: boolean;
}

export class World {
  readonly proxyName: ProxyName;
  #backends: Readonly<Record<Greeting["name"], Server>> | undefined;
  #proxy: RunningProxy | undefined;

  constructor(proxyName: ProxyName) {
    this.proxyName = proxyName;
  }

  get backends(): Readonly<Record<Greeting["name"], Server>> {
    return made(this.#backends);
  }

  get proxy(): RunningProxy {
    return made(this.#proxy);
  }

  async begin(changes: Readonly<Record<string, string>>, options: ListenOptions): Promise<void> {
    this.#backends = { one: await openBackend("one", options), two: await openBackend("two", options) };
    this.#proxy = await startProxy(this.proxyName, [this.#backends.one, this.#backends.two], changes);
  }

  async end(): Promise<void> {
    await this.#proxy?.stop();
    for (const backend of Object.values(this.#backends ?? {})) await backend.close({ timeout: 0 });
  }

  /** Connects a client to a backend through the proxy, for one test. */
  async visit(path = "/", options: ConnectOptions & { readonly secure?: boolean } = {}): Promise<Visitor> {
    const { secure = false, transportOptions: transport = {}, ...rest } = options;
    const { url, secureUrl, certificate } = this.proxy;
    const tls = { ca: certificate };
    const socket = await connect(`${secure ? secureUrl : url}${path}`, {
      ...rest,
      transportOptions: { tls, ...transport },
    });
    onTestFinished(() => socket.terminate());
    const visitor = new Visitor(socket);
    await visitor.greeted();
    return visitor;
  }
}

/** A client, and what it receives. */
export class Visitor {
  readonly socket: WebSocket;
  readonly closed: Promise<CloseEvent>;
  readonly #messages: AsyncIterator<MessageData>;
  greeting: Greeting = { name: "one", address: "", secure: false };

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.binaryType = "arraybuffer";
    this.#messages = socket[Symbol.asyncIterator]();
    this.closed = new Promise((resolve) => {
      socket.onclose = resolve;
    });
  }

  async greeted(): Promise<void> {
    this.greeting = JSON.parse(String(await this.next()));
  }

  /** Returns the next message. */
  async next(): Promise<MessageData> {
    const { value, done } = await this.#messages.next();
    if (done) throw new Error("The connection was closed.");
    return value;
  }

  /** Sends a message and returns the next one received. */
  ask(message: string | Uint8Array): Promise<MessageData> {
    this.socket.send(message);
    return this.next();
  }
}

function made<Thing>(thing: Thing | undefined): Thing {
  if (thing === undefined) throw new Error("bug: used outside of a test");
  return thing;
}

export interface Setting {
  /** Changes to the configuration of each proxy. */
  readonly changes?: Partial<Record<ProxyName, Readonly<Record<string, string>>>>;
  /** Options of the backends. */
  readonly options?: ListenOptions;
}

/** Defines tests that share two backends and a proxy, for each of `names`. */
export function describeBehind(
  names: readonly ProxyName[],
  title: string,
  { changes = {}, options = {} }: Setting,
  tests: (world: World) => void,
): void {
  describe.each(names)(`behind %s, ${title}`, (name) => {
    const world = new World(name);
    beforeAll(() => world.begin(changes[name] ?? {}, options));
    afterAll(() => world.end());
    tests(world);
  });
}
