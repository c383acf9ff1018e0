/** Errors thrown by application code in a server over real sockets: one connection's handler cannot bring the server down. */
import type { TestedAdapter } from "./adapter.ts";
import type { Runner } from "./runner.ts";
import { messages, rejectionStatus, withServer } from "./world.ts";

export function errorContract(adapter: TestedAdapter, { describe, it, expect }: Runner): void {
  describe("an application error", () => {
    it("is passed to onError, whatever threw it, and the connection continues [R03]", async () => {
      const errors: unknown[] = [];
      await withServer(
        adapter,
        (opening) => {
          const socket = opening.accept();
          const fail = (kind: string) => () => {
            throw new Error(kind);
          };
          socket.onmessage = fail("handler");
          socket.addEventListener("message", fail("listener"));
          socket.addEventListener("message", { handleEvent: fail("handleEvent") });
          socket.addEventListener("message", async () => fail("asynchronous")());
          socket.addEventListener("message", () => socket.send("still here"));
        },
        async ({ url }) => {
          const socket = await adapter.connect(url);
          for (let count = 0; count < 2; count++) {
            const answer = messages(socket, 1);
            socket.send("fail");
            expect(await answer).toEqual(["still here"]);
          }
          const kinds = ["handler", "listener", "handleEvent", "asynchronous"];
          expect(errors.map(String)).toEqual([...kinds, ...kinds].map((kind) => `Error: ${kind}`));
        },
        { onError: (error) => errors.push(error) },
      );
    });

    it("is printed when there is no onError, and the server keeps running [R03]", async () => {
      const printed: unknown[] = [];
      const { error: print } = console;
      console.error = (error: unknown) => printed.push(error);
      try {
        await withServer(
          adapter,
          async (opening) => {
            const socket = opening.accept();
            socket.onmessage = ({ data }) => {
              socket.send("still here");
              throw data;
            };
            socket.addEventListener("message", async ({ data }) => Promise.reject(data));
          },
          async ({ url }) => {
            for (const text of ["1", "2"]) {
              const socket = await adapter.connect(url);
              const answer = messages(socket, 1);
              socket.send(text);
              expect(await answer).toEqual(["still here"]);
            }
          },
        );
      } finally {
        console.error = print;
      }
      expect(printed).toEqual(["1", "1", "2", "2"]);
    });

    it("in checkOrigin rejects with 500, and the next client is served [R03]", async () => {
      const errors: unknown[] = [];
      await withServer(
        adapter,
        (opening) => void opening.accept(),
        async ({ url }) => {
          const status = await adapter.connect(url, { origin: "none" }).then(() => 101, rejectionStatus);
          expect(status).toBe(500);
          expect(errors.map(String)).toEqual(["Error: no origin"]);
          await adapter.connect(url, { origin: "https://example.com" });
        },
        {
          checkOrigin: ({ origin }) => {
            if (origin === "none") throw new Error("no origin");
            return undefined;
          },
          onError: (error) => errors.push(error),
        },
      );
    });
  });
}
