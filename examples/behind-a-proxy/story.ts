/**
 * Two servers behind a proxy, and two clients that reconnect. One server is stopped, as for a new version, and its client is
 * soon connected to the other one. Each step is printed on a line.
 */
import { once } from "node:events";
import { type Reconnecting, reconnect, WebSocket } from "@hybi/node";
import { openBackend } from "./backend.ts";
import { type ProxyName, startProxy } from "./proxy.ts";

/** Runs the story with `proxy`, and stops everything at the end. */
export async function tellStory(proxy: ProxyName, print: (line: string) => void): Promise<void> {
  const backends = { one: await openBackend("one"), two: await openBackend("two") };
  const front = await startProxy(proxy, [backends.one, backends.two]);
  print(`${proxy} listens on ${front.url}, in front of two servers`);

  const ada = new Client("ada", front.url, print);
  const first = await ada.arrives();
  const bob = new Client("bob", front.url, print);
  const second = await bob.arrives();
  print(`one has ${backends.one.connections}, two has ${backends.two.connections}`);

  print(`${first} is stopped`);
  await backends[first].close({ reason: "a new version" });
  await ada.arrives();
  print(`${second} has ${backends[second].connections}`);

  await Promise.all([ada.leave(), bob.leave()]);
  await front.stop();
  await backends[second].close();
}

class Client {
  readonly #name: string;
  readonly #print: (line: string) => void;
  readonly #connection: Reconnecting<WebSocket>;

  constructor(name: string, url: string, print: (line: string) => void) {
    this.#name = name;
    this.#print = print;
    // All clients of a server that stops reconnect, at different times because the delays are random.
    this.#connection = reconnect(() => new WebSocket(url), { firstDelay: 200, maximumDelay: 2_000 });
    this.#connection.addEventListener("waiting", ({ outcome: { code, reason } }) => {
      print(`${name} receives ${code} ${reason}`);
    });
  }

  /** Resolves with the name of the server to which it connects next. */
  async arrives(): Promise<"one" | "two"> {
    const [event] = (await once(this.#connection as never, "message")) as [MessageEvent];
    const { name } = JSON.parse(event.data);
    this.#print(`${this.#name} is at ${name}`);
    return name;
  }

  async leave(): Promise<void> {
    const ended = once(this.#connection as never, "ended");
    this.#connection.close(1000);
    await ended;
  }
}
