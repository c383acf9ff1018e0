import { connect } from "@hybi/node";
import { describe, expect, it, onTestFinished } from "vitest";
import { run } from "../tests/program.ts";
import { openOrderServer } from "./order-server.ts";
import { chooseSubprotocol, parseMessage } from "./orders.ts";

describe("chooseSubprotocol", () => {
  it("selects the newest version that both support, whatever the client prefers", () => {
    expect(chooseSubprotocol(["orders.v1.json", "orders.v2.json"])).toBe("orders.v2.json");
    expect(chooseSubprotocol(["orders.v1.json", "other"])).toBe("orders.v1.json");
    expect(chooseSubprotocol(["other"])).toBe(undefined);
    expect(chooseSubprotocol([])).toBe(undefined);
  });
});

describe("parseMessage", () => {
  const order = { type: "order", id: "a-1", item: "tea" };

  it("parses both versions to one type", () => {
    const message = { ...order, price: { cents: 350, currency: "EUR" } };
    expect(parseMessage("orders.v2.json", JSON.stringify({ ...message, more: 1 }))).toEqual({ message });
    expect(parseMessage("orders.v1.json", JSON.stringify({ ...order, price: 3.5 }))).toEqual({ message });
    const cancel = { type: "cancel", id: "a-1" };
    expect(parseMessage("orders.v1.json", JSON.stringify(cancel))).toEqual({ message: cancel });
  });

  it.each([
    ["", "not-json"],
    ["[]", "not-json"],
    ["null", "not-json"],
    ['"order"', "not-json"],
    ["{}", "unknown-type"],
    ['{"type":"__proto__"}', "unknown-type"],
    ['{"type":"cancel"}', "bad-member"],
    ['{"type":"cancel","id":"A B"}', "bad-member"],
    [JSON.stringify(order), "bad-member"],
    [JSON.stringify({ ...order, price: 1 }), "bad-member"],
    [JSON.stringify({ ...order, price: null }), "bad-member"],
    [JSON.stringify({ ...order, price: { cents: -1, currency: "EUR" } }), "bad-member"],
    [JSON.stringify({ ...order, price: { cents: 1.5, currency: "EUR" } }), "bad-member"],
    [JSON.stringify({ ...order, price: { cents: 1, currency: "GBP" } }), "bad-member"],
    [JSON.stringify({ ...order, item: "", price: { cents: 1, currency: "EUR" } }), "bad-member"],
  ])("finds the fault of %s", (text, fault) => {
    expect(parseMessage("orders.v2.json", text)).toEqual({ fault });
  });
});

describe("the order server", () => {
  it("closes with 1008 when a client has too many orders", async () => {
    const server = await openOrderServer();
    onTestFinished(() => server.close());
    const socket = await connect(server.url, { protocols: "orders.v1.json" });
    const end = new Promise((resolve) => {
      socket.onclose = ({ code }) => resolve(code);
    });
    for (let id = 0; id <= 1_000; id++) {
      socket.send(JSON.stringify({ type: "order", id: String(id), item: "tea", price: 1 }));
    }
    expect(await end).toBe(1008);
  });
});

describe("the example of a JSON subprotocol", () => {
  it("agrees on a version, and closes with a code for each kind of fault", async () => {
    expect(await run(["json-subprotocol/main.ts"])).toEqual([
      "orders.v3.json, orders.v2.json → orders.v2.json",
      '  {"type":"taken","id":"1","total":"3.5 EUR"}',
      '  {"type":"cancelled","id":"1"}',
      '  {"type":"unknown","id":"2"}',
      "  closed: 1000 ",
      "orders.v1.json → orders.v1.json",
      '  {"type":"taken","id":"1","total":"3.5 EUR"}',
      "  closed: 1000 ",
      "orders.v2.json → orders.v2.json",
      "  closed: 4002 bad-member",
      "orders.v2.json → orders.v2.json",
      "  closed: 4001 unknown-type",
      "orders.v2.json → orders.v2.json",
      "  closed: 1007 not-json",
      "orders.v2.json → orders.v2.json",
      "  closed: 1003 JSON is text.",
      "parcels.v1.json → 400 This server supports orders.v2.json and orders.v1.json.",
    ]);
  });
});
