/** Accepts orders in two versions of a JSON subprotocol. */
import { listen, type Server } from "@hybi/node";
import { type ClientMessage, chooseSubprotocol, type Fault, parseMessage, subprotocols } from "./orders.ts";

/**
 * The status code for each fault. Text that is not JSON is inconsistent with its subprotocol, like text that is not UTF-8
 * with its opcode: 1007. The others are matters of the application, whose codes are 4000 to 4999 (RFC 6455 §7.4.2), and a
 * client can distinguish them: after 4001 a newer client may try an older subprotocol; 4002 is a bug to report.
 */
const closeCodes: Readonly<Record<Fault, number>> = { "not-json": 1007, "unknown-type": 4001, "bad-member": 4002 };

export function openOrderServer(): Promise<Server> {
  return listen(
    (opening) => {
      const subprotocol = chooseSubprotocol(opening.request.subprotocols);
      if (subprotocol === undefined) {
        // Accepting without a subprotocol is legal, but every message would be misunderstood.
        opening.reject({ status: 400, body: `This server supports ${subprotocols.join(" and ")}.\n` });
        return;
      }
      const socket = opening.accept({ subprotocol });
      const orders = new Map<string, string>();
      socket.onmessage = ({ data }) => {
        // RFC 6455 §7.4.1: 1003 says that this endpoint "understands only text data".
        if (typeof data !== "string") return socket.close(1003, "JSON is text.");
        const parsed = parseMessage(subprotocol, data);
        if ("fault" in parsed) return socket.close(closeCodes[parsed.fault], parsed.fault);
        const answer = apply(parsed.message, orders);
        // 1008, a policy that concerns neither a type nor a size: no client needs so many orders.
        if (answer === "too-many") return socket.close(1008, "Too many orders.");
        socket.send(JSON.stringify(answer));
      };
    },
    { host: "127.0.0.1", limits: { message: 65_536 } },
  );
}

interface Answer {
  readonly type: "taken" | "cancelled" | "unknown";
  readonly id: string;
  readonly total?: string;
}

const mostOrders = 1_000;

function apply(message: ClientMessage, orders: Map<string, string>): Answer | "too-many" {
  const { id } = message;
  switch (message.type) {
    case "order":
      if (orders.size === mostOrders) return "too-many";
      orders.set(id, message.item);
      return { type: "taken", id, total: `${message.price.cents / 100} ${message.price.currency}` };
    case "cancel":
      return { type: orders.delete(id) ? "cancelled" : "unknown", id };
    default:
      return message satisfies never;
  }
}
