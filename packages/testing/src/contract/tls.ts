/** Connections over TLS behave like those over TCP. */

import { patternBytes } from "../bytes/bytes.ts";
import type { TestedAdapter } from "./adapter.ts";
import type { Runner } from "./runner.ts";
import { closed, echo, isArrayBufferOf, messages, next, rejection, withServer, withSockets } from "./world.ts";

export function tlsContract(adapter: TestedAdapter, { describe, it, expect }: Runner): void {
  const { cert, key, trusting: transport } = adapter.tls;
  const settings = { tls: { cert, key } };

  describe("over TLS", () => {
    it("messages are echoed unchanged, including one of 5 MiB", async () => {
      const large = patternBytes(5 << 20);
      await withServer(
        adapter,
        echo,
        async ({ url, port }) => {
          expect(url).toBe(`wss://127.0.0.1:${port}/`);
          const socket = await adapter.connect(url, { transportOptions: transport });
          socket.binaryType = "arraybuffer";
          const echoes = messages(socket, 3);
          socket.send("secret");
          socket.send(large);
          socket.send("the end");
          const [first, second, third] = await echoes;
          expect([first, isArrayBufferOf(second, large), third]).toEqual(["secret", true, "the end"]);
        },
        settings,
      );
    });

    it("either end can close the connection, and all data sent before the close arrives", async () => {
      for (const closer of [0, 1]) {
        await withSockets(
          adapter,
          async (client, accepted) => {
            const [one, other] = closer === 0 ? [client, accepted] : [accepted, client];
            const ends = Promise.all([next(other, "message"), next(one, "close"), next(other, "close")]);
            one.send("x".repeat(300_000));
            one.close(4000, "bye");
            const [message, ...events] = await ends;
            expect((message.data as string).length).toBe(300_000);
            expect(events.map(closed)).toEqual([
              [4000, "", true],
              [4000, "bye", true],
            ]);
          },
          { transportOptions: transport },
          settings,
        );
      }
    });

    it("a client rejects a certificate that is untrusted or for another host", async () => {
      let asked = 0;
      await withServer(
        adapter,
        (opening) => {
          asked++;
          echo(opening);
        },
        async ({ url, port }) => {
          const untrusted = await rejection(adapter.connect(url));
          expect([untrusted.name, untrusted.cause instanceof Error]).toEqual(["OpeningError", true]);
          const somebodyElse = await rejection(
            adapter.connect(`wss://localhost:${port}/`, { transportOptions: transport }),
          );
          expect([somebodyElse.name, somebodyElse.cause instanceof Error]).toEqual(["OpeningError", true]);
          expect(asked).toBe(0);
        },
        settings,
      );
    });
  });
}
