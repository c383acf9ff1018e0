/** The same over a Unix socket, for adapters that say where one may be. */
import type { Adapter } from "./adapter.ts";
import type { Runner } from "./runner.ts";
import { closed, echo, messages, next, pattern, sameBytes, withServer } from "./world.ts";

export function unixSocketContract(adapter: Adapter, { describe, it, expect }: Runner): void {
  const { unixSocket: path } = adapter;
  if (path === undefined) return;

  describe("over a Unix socket", () => {
    it("messages come back as they were sent, whatever the host of the URL is", async () => {
      const large = pattern(1 << 20);
      await withServer(
        adapter,
        echo,
        async () => {
          const socket = await adapter.connect("ws://nowhere.invalid/", { transport: { path } });
          socket.binaryType = "arraybuffer";
          const echoes = messages(socket, 2);
          socket.send("by path");
          socket.send(large);
          const [first, second] = await echoes;
          expect([first, sameBytes(second, large)]).toEqual(["by path", true]);
          const end = next(socket, "close");
          socket.close(4001, "bye");
          expect(closed(await end)).toEqual([4001, "", true]);
        },
        { path },
      );
    });
  });
}
