/** Connections over a Unix socket behave like those over TCP; for adapters that provide a socket path. */
import type { OpeningHandler } from "@hybi/websocket";
import { patternBytes } from "../bytes/bytes.ts";
import type { TestedAdapter } from "./adapter.ts";
import type { Runner } from "./runner.ts";
import { closed, deferred, echo, isArrayBufferOf, messages, next, withServer } from "./world.ts";

export function unixSocketContract(adapter: TestedAdapter, { describe, it, expect }: Runner): void {
  const { unixSocket: path } = adapter;
  if (path === undefined) return;

  describe("over a Unix socket", () => {
    it("messages are echoed unchanged, whatever the host of the URL is", async () => {
      const large = patternBytes(1 << 20);
      await withServer(
        adapter,
        echo,
        async () => {
          const socket = await adapter.connect("ws://nowhere.invalid/", { transportOptions: { path } });
          socket.binaryType = "arraybuffer";
          const echoes = messages(socket, 2);
          socket.send("by path");
          socket.send(large);
          const [first, second] = await echoes;
          expect([first, isArrayBufferOf(second, large)]).toEqual(["by path", true]);
          const end = next(socket, "close");
          socket.close(4001, "bye");
          expect(closed(await end)).toEqual([4001, "", true]);
        },
        { path },
      );
    });

    it("an opening does not wait for one to another socket with the same URL [R30]", async () => {
      const url = "ws://nowhere.invalid/";
      const asked = deferred<void>();
      const holding: OpeningHandler = () => {
        asked.resolve();
        return new Promise(() => {});
      };
      const other = `${path}-2`;
      await withServer(
        adapter,
        holding,
        () =>
          withServer(
            adapter,
            echo,
            async () => {
              const held = adapter.connect(url, { transportOptions: { path } }).catch(() => "refused");
              await asked.promise;
              const socket = await adapter.connect(url, { transportOptions: { path: other } });
              expect(socket.readyState).toBe(1);
              socket.terminate();
              void held;
            },
            { path: other },
          ),
        { path },
      );
    });
  });
}
