/** Messages arrive as they were sent. */
import type { IncomingOpening, WebSocket } from "@hybi/websocket";
import { patternBytes } from "../bytes/bytes.ts";
import type { TestedAdapter } from "./adapter.ts";
import type { Runner } from "./runner.ts";
import { echo, isArrayBufferOf, messages, next, withServer, withSockets } from "./world.ts";

const mebibyte = 1 << 20;

export function messageContract(adapter: TestedAdapter, { describe, it, expect }: Runner): void {
  describe("messages", () => {
    it("of text are echoed unchanged: empty, short, long, with characters of every UTF-8 length", async () => {
      const texts = [
        "",
        "hello",
        "\u{feff}é€😀",
        "x".repeat(125),
        "y".repeat(126),
        "z".repeat(65_536),
        "é€😀 ".repeat(87_381),
      ];
      await withServer(adapter, echo, async ({ url }) => {
        const socket = await adapter.connect(url);
        const echoes = messages(socket, texts.length);
        for (const text of texts) socket.send(text);
        expect((await echoes).map((text, index) => text === texts[index])).toEqual(texts.map(() => true));
      });
    });

    it("of bytes are echoed unchanged: empty, short, 1 MiB", async () => {
      const all = [0, 1, 125, 126, 65_535, 65_536, mebibyte].map((length) => patternBytes(length));
      await withServer(adapter, echo, async ({ url }) => {
        const socket = await adapter.connect(url);
        socket.binaryType = "arraybuffer";
        const echoes = messages(socket, all.length);
        for (const bytes of all) socket.send(bytes);
        expect((await echoes).map((data, index) => isArrayBufferOf(data, all[index]!))).toEqual(all.map(() => true));
      });
    });

    it("are delivered in the form that the options of the server, of accept and of the client select [R33]", async () => {
      const kindOf = (data: unknown): string => Object.prototype.toString.call(data).slice(8, -1);
      for (const [server, answer, accepted] of [
        [undefined, undefined, "ArrayBuffer"],
        ["blob", undefined, "Blob"],
        ["blob", "arraybuffer", "ArrayBuffer"],
        ["blob", "bytes", "Uint8Array"],
      ] as const) {
        for (const [client, connected] of [
          [undefined, "Blob"],
          ["arraybuffer", "ArrayBuffer"],
          ["bytes", "Uint8Array"],
        ] as const) {
          const told: string[] = [];
          const handler = (opening: IncomingOpening): void => {
            const socket = opening.accept({ binaryType: answer });
            socket.onmessage = ({ data }) => {
              told.push(kindOf(data));
              socket.send(data);
            };
          };
          const exchange = async ({ url }: { readonly url: string }): Promise<void> => {
            const socket = await adapter.connect(url, { binaryType: client });
            const echoes = messages(socket, 2);
            socket.send("text");
            socket.send(patternBytes(3));
            for (const data of await echoes) told.push(kindOf(data));
          };
          await withServer(adapter, handler, exchange, { binaryType: server });
          expect(told).toEqual(["String", accepted, "String", connected]);
        }
      }
    });

    it("may be split into fragments on the way", async () => {
      const bytes = patternBytes(200_000);
      await withServer(
        adapter,
        echo,
        async ({ url }) => {
          const socket = await adapter.connect(url, { runtime: { fragmentSize: 1000 } });
          socket.binaryType = "arraybuffer";
          const echoes = messages(socket, 2);
          socket.send(bytes);
          socket.send("€".repeat(5000));
          const [first, second] = await echoes;
          expect(isArrayBufferOf(first, bytes)).toBe(true);
          expect(second === "€".repeat(5000)).toBe(true);
        },
        { runtime: { fragmentSize: 777 } },
      );
    });

    it("all arrive, and in order, when they are many and small", async () => {
      const count = 20_000;
      await withServer(adapter, echo, async ({ url }) => {
        const socket = await adapter.connect(url);
        const echoes = messages(socket, count);
        for (let index = 0; index < count; index++) socket.send(`message ${index}`);
        expect((await echoes).findIndex((text, index) => text !== `message ${index}`)).toBe(-1);
      });
    });

    it("stay unchanged while others arrive: no buffer is reused", async () => {
      const count = 300;
      await withSockets(adapter, async (client, accepted) => {
        const arrived = messages(client, count);
        for (let index = 0; index < count; index++) accepted.send(patternBytes(index * 37, index));
        const kept = await arrived;
        expect(kept.findIndex((data, index) => !isArrayBufferOf(data, patternBytes(index * 37, index)))).toBe(-1);
      });
    });

    it("belong to the application as bytes too, which are views of what the transport has read [R33]", async () => {
      const count = 300;
      const wrong: number[] = [];
      const kept: Uint8Array[] = [];
      await withSockets(adapter, async (client, accepted) => {
        for (const [from, to] of [[client, accepted] as const, [accepted, client] as const]) {
          to.binaryType = "bytes";
          const arrived = new Promise<void>((resolve) => {
            let at = 0;
            to.addEventListener("message", ({ data }) => {
              const bytes = data as Uint8Array;
              if (!isArrayBufferOf(bytes.slice().buffer, patternBytes(at * 37, at))) wrong.push(at);
              kept.push(bytes.fill(0xff));
              if (++at === count) resolve();
            });
          });
          for (let index = 0; index < count; index++) from.send(patternBytes(index * 37, index));
          await arrived;
        }
      });
      expect(wrong).toEqual([]);
      expect(kept.findIndex((bytes) => bytes.some((byte) => byte !== 0xff))).toBe(-1);
    });

    it("as bytes keep at most 64 KiB, or twice their own length, however much arrives at once [R33]", async () => {
      const lengths = [...Array.from({ length: 20_000 }, () => 200), 100_000, 300_000, 1_000_000];
      const tooMuch: number[][] = [];
      await withSockets(adapter, async (client, accepted) => {
        accepted.binaryType = "bytes";
        let count = 0;
        const arrived = new Promise<void>((resolve) => {
          accepted.onmessage = ({ data }) => {
            const { length, buffer } = data as Uint8Array;
            if (buffer.byteLength > Math.max(65_536, 2 * length)) tooMuch.push([length, buffer.byteLength]);
            if (++count === lengths.length) resolve();
          };
        });
        for (const length of lengths) client.send(new Uint8Array(length));
        await arrived;
      });
      expect(tooMuch).toEqual([]);
    });

    it("as bytes have a buffer in which no other connection has any, which may be changed and transferred [R33]", async () => {
      const owners = new Map<ArrayBufferLike, number>();
      const shared: number[] = [];
      const wrong: number[] = [];
      let count = 0;
      let done = (): void => {};
      let id = 0;
      const handler = (opening: IncomingOpening): void => {
        const own = id++;
        opening.accept({ binaryType: "bytes" }).onmessage = ({ data }) => {
          const bytes = data as Uint8Array;
          const { buffer } = bytes;
          if (bytes.some((byte) => byte !== own + 1)) wrong.push(own);
          if ((owners.get(buffer) ?? own) !== own) shared.push(own);
          owners.set(buffer, own);
          // No message follows before this one was counted, so that nothing unread is in the buffer.
          if (own === 0) structuredClone(0, { transfer: [buffer as ArrayBuffer] });
          if (own === 1) new Uint8Array(buffer).fill(0xff);
          if (++count % 4 === 0) done();
        };
      };
      await withServer(adapter, handler, async ({ url }) => {
        const clients: WebSocket[] = [];
        for (let index = 0; index < 4; index++) clients.push(await adapter.connect(url));
        for (const length of [10, 100, 1_000, 4_000, 70_000]) {
          const arrived = new Promise<void>((resolve) => {
            done = resolve;
          });
          for (const [index, client] of clients.entries()) client.send(new Uint8Array(length).fill(index + 1));
          await arrived;
        }
      });
      expect({ shared, wrong }).toEqual({ shared: [], wrong: [] });
    });

    it("do not modify the bytes of the application", async () => {
      const bytes = patternBytes(100_000);
      await withServer(adapter, echo, async ({ url }) => {
        const socket = await adapter.connect(url);
        const echoes = messages(socket, 1);
        socket.send(bytes);
        await echoes;
        expect(isArrayBufferOf(bytes.buffer, patternBytes(100_000))).toBe(true);
      });
    });
  });

  describe("Pings", () => {
    it("get a Pong, whichever end sends them", async () => {
      await withSockets(adapter, async (client, accepted) => {
        for (const [one, other] of [[client, accepted] as const, [accepted, client] as const]) {
          const ping = next(other, "ping");
          const pong = next(one, "pong");
          one.ping(Uint8Array.of(1, 2, 3));
          expect([...(await ping).payload]).toEqual([1, 2, 3]);
          expect([...(await pong).payload]).toEqual([1, 2, 3]);
        }
      });
    });
  });
}
