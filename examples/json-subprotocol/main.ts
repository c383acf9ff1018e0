/** Orders by a new client, an old one, and some with faults: `npx pnpm example json-subprotocol/main.ts`. */
import { connect } from "@hybi/node";
import { openOrderServer } from "./order-server.ts";

const server = await openOrderServer();

/** Sends each of `messages`, and prints the result: replies, or the end. */
async function order(
  protocols: readonly string[],
  ...messages: readonly (object | string | Uint8Array)[]
): Promise<void> {
  // Rejects if the server selects none of them: a client that supports only subprotocols cannot work without one.
  const socket = await connect(server.url, { protocols });
  console.log(`${protocols.join(", ")} → ${socket.protocol}`);
  socket.onclose = ({ code, reason }) => console.log(`  closed: ${code} ${reason}`);
  for (const message of messages) {
    const isRaw = typeof message === "string" || message instanceof Uint8Array;
    socket.send(isRaw ? message : JSON.stringify(message));
  }
  let answers = 0;
  for await (const answer of socket) {
    console.log(`  ${answer}`);
    answers++;
    if (answers === messages.length) socket.close(1000);
  }
}

const tea = {
  type: "order",
  id: "1",
  item: "tea",
  price: { cents: 350, currency: "EUR" },
  note: "from a later version",
};
await order(["orders.v3.json", "orders.v2.json"], tea, { type: "cancel", id: "1" }, { type: "cancel", id: "2" });
await order(["orders.v1.json"], { type: "order", id: "1", item: "tea", price: 3.5 });

await order(["orders.v2.json"], { type: "order", id: "1", item: "tea", price: 3.5 });
await order(["orders.v2.json"], { type: "refund", id: "1" });
await order(["orders.v2.json"], "{");
await order(["orders.v2.json"], Uint8Array.of(0x7b, 0x7d));
await order(["parcels.v1.json"]).catch(({ failure }) => {
  console.log(`parcels.v1.json → ${failure.response.status} ${new TextDecoder().decode(failure.body).trim()}`);
});
await server.close();
