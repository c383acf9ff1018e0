/** `runtime.wrapTransport`, with a tap or with whatever else an application returns. */
import { describe, expect, it } from "vitest";
import { type TapEvent, tap } from "../../src/transport/tap.ts";
import type { Transport } from "../../src/transport/transport.ts";
import { until } from "../support/clock.ts";
import { story, World } from "../support/link.ts";

/** What a side has received and sent, by its tap. */
class Wire {
  readonly bytes = { in: [] as number[], out: [] as number[] };
  readonly types = new Set<string>();
  readonly wrapTransport = (transport: Transport): Transport => tap(transport, (event) => this.#take(event));

  #take(event: TapEvent): void {
    this.types.add(event.type);
    if (event.type === "data") this.bytes[event.direction].push(...event.bytes);
  }

  /** Returns the first line of a head. */
  line(direction: "in" | "out"): string {
    return String.fromCharCode(...this.bytes[direction])
      .split("\r\n", 1)
      .join();
  }
}

describe("wrapTransport", () => {
  it("sees each byte of a connection from both sides, opening and closing included", async () => {
    const [near, far] = [new Wire(), new Wire()];
    const world = new World({
      client: { runtime: { wrapTransport: near.wrapTransport } },
      server: { runtime: { wrapTransport: far.wrapTransport } },
    });
    const { client, server } = await world.connected();
    const lines = story(client);
    server.addEventListener("message", ({ data }) => server.send(data as string));
    client.send("tapped");
    await until(() => lines.length === 1);
    client.close(1000);
    await until(() => lines.length === 2);
    expect(lines).toEqual([expect.stringContaining("tapped"), "close 3 1000 clean"]);
    expect([near.line("out"), near.line("in")]).toEqual(["GET / HTTP/1.1", "HTTP/1.1 101 Switching Protocols"]);
    expect(near.bytes.out).toEqual(far.bytes.in);
    expect(near.bytes.in).toEqual(far.bytes.out);
    // RFC 6455 §5.5.1: the Close frame of the server, with 1000.
    expect(near.bytes.in.slice(-4)).toEqual([0x88, 0x02, 0x03, 0xe8]);
    await until(() => near.types.has("close") && far.types.has("close"));
  });

  it("is called once for each transport, redirects included", async () => {
    let wrapped = 0;
    const world = new World({
      handler: (opening) => {
        if (opening.url.endsWith("/new")) opening.accept();
        else opening.reject({ status: 302, fields: [["Location", "/new"]] });
      },
    });
    const wrapTransport = (transport: Transport): Transport => {
      wrapped++;
      return transport;
    };
    const client = new world.WebSocket("ws://example.com/", { followRedirects: 1, runtime: { wrapTransport } });
    await until(() => client.readyState === 1);
    expect(wrapped).toBe(2);
    client.close();
  });

  it.each<[string, () => Transport]>([
    [
      "throws",
      () => {
        throw new Error("no wrapper");
      },
    ],
    ["returns nothing", () => undefined as unknown as Transport],
  ])("harms no connection and is reported when it %s", async (_, wrapTransport) => {
    const nearErrors: unknown[] = [];
    const farErrors: unknown[] = [];
    const world = new World({
      client: { runtime: { wrapTransport }, onError: (error) => nearErrors.push(error) },
      server: { runtime: { wrapTransport }, onError: (error) => farErrors.push(error) },
    });
    const { client, server } = await world.connected();
    const lines = story(client);
    server.send("as it is");
    await until(() => lines.length === 1);
    expect([nearErrors.length, farErrors.length]).toEqual([1, 1]);
    client.close();
  });

  it("must be a function", () => {
    const world = new World();
    const runtime = { wrapTransport: {} as never };
    expect(() => new world.WebSocket("ws://example.com/", { runtime })).toThrow("wrapTransport");
    expect(() => new World({ server: { runtime } })).toThrow("wrapTransport");
  });
});
