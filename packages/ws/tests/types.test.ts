import * as hybi from "@hybi/ws";
import { expect, it } from "vitest";
import * as ws from "ws";
import * as pages from "../src/browser.ts";

it("what ws exports for programs is there, on the class and beside it", () => {
  const names = Object.keys(ws).filter((name) => name !== "module.exports");
  expect(Object.keys(hybi)).toEqual(expect.arrayContaining(names));
  expect(Object.keys(hybi.default)).toEqual(
    expect.arrayContaining([...names.filter((name) => name !== "default"), "Server", "CONNECTING"]),
  );
  expect([hybi.default, hybi.Server]).toEqual([hybi.WebSocket, hybi.WebSocketServer]);
  const { Server, WebSocket } = hybi.WebSocket as unknown as Record<string, unknown>;
  expect([WebSocket, Server]).toEqual([hybi.WebSocket, hybi.WebSocketServer]);
});

it("the entry for pages has the same names, so that programs link which import them", () => {
  expect(Object.keys(pages).sort()).toEqual(Object.keys(hybi).sort());
});

it.each([hybi.Receiver, hybi.Sender, hybi.PerMessageDeflate])(
  "$name links, and says that it is not there when used",
  (Internal) => {
    expect(() => new Internal()).toThrow(`@hybi/ws has no ${Internal.name}, which is internal to ws`);
    // socket.io-adapter looks for it before it uses it.
    expect(hybi.Sender).not.toHaveProperty("frame");
  },
);

it("extension and subprotocol parse and format as those of ws", () => {
  const of = (module: object) => module as unknown as typeof hybi;
  for (const header of ["a", "a; b", 'a; b=1; c="2", d', 'a;b="c\\d"', "a,", "", "a;", "a b", 'a; b="', 'a; b="c d"']) {
    const attempt = (module: typeof hybi): unknown => {
      try {
        return JSON.parse(JSON.stringify(module.extension.parse(header)));
      } catch (error) {
        return (error as Error).name;
      }
    };
    expect([header, attempt(of(hybi))]).toEqual([header, attempt(of(ws))]);
  }
  for (const header of ["a", "a,b", "a , b", "a,a", "", "a,,b", "a b"]) {
    const attempt = (module: typeof hybi): unknown => {
      try {
        return [...module.subprotocol.parse(header)];
      } catch (error) {
        return (error as Error).name;
      }
    };
    expect([header, attempt(of(hybi))]).toEqual([header, attempt(of(ws))]);
  }
  const extensions = { a: [{ b: [true, "1"] }, {}], c: { d: 2 } } as never;
  expect(hybi.extension.format(extensions)).toBe(of(ws).extension.format(extensions));
});
