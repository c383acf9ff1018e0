/**
 * The messages of two subprotocols about orders. Input is parsed, not validated: a function turns text into a value of a type
 * that allows only legal values, so no later code needs to check again.
 */

/** The type of messages of both versions. In v1, prices were floating-point euros; v2 has cents and a currency. */
export type ClientMessage =
  | { readonly type: "order"; readonly id: string; readonly item: string; readonly price: Price }
  | { readonly type: "cancel"; readonly id: string };

interface Price {
  readonly cents: number;
  readonly currency: "EUR" | "USD";
}

/** Why text is not a message: it is not JSON, its `type` is unknown, or one of its members is invalid. */
export type Fault = "not-json" | "unknown-type" | "bad-member";

export type Parsed = { readonly message: ClientMessage } | { readonly fault: Fault };

/** In the server's order of preference. */
export const subprotocols = ["orders.v2.json", "orders.v1.json"] as const;
export type Subprotocol = (typeof subprotocols)[number];

/** Returns the newest one that the client offers. */
export function chooseSubprotocol(offered: readonly string[]): Subprotocol | undefined {
  return subprotocols.find((subprotocol) => offered.includes(subprotocol));
}

export function parseMessage(subprotocol: Subprotocol, text: string): Parsed {
  const json = parseObject(text);
  if (json === undefined) return { fault: "not-json" };
  const { type, id, item } = json;
  if (type !== "order" && type !== "cancel") return { fault: "unknown-type" };
  if (!isId(id)) return { fault: "bad-member" };
  if (type === "cancel") return { message: { type, id } };
  const price = subprotocol === "orders.v2.json" ? parsePrice(json.price) : parseEuros(json.price);
  if (typeof item !== "string" || item === "" || price === undefined) return { fault: "bad-member" };
  // Keep only known members: those that a later version may add are not a fault.
  return { message: { type, id, item, price } };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === "object" && json !== null && !Array.isArray(json) ? { ...json } : undefined;
  } catch {
    return undefined;
  }
}

function isId(value: unknown): value is string {
  return typeof value === "string" && /^[a-z0-9-]{1,36}$/.test(value);
}

function parsePrice(value: unknown): Price | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { cents, currency } = value as Record<string, unknown>;
  if (currency !== "EUR" && currency !== "USD") return undefined;
  return isCents(cents) ? { cents, currency } : undefined;
}

function parseEuros(value: unknown): Price | undefined {
  const cents = typeof value === "number" ? Math.round(value * 100) : undefined;
  return isCents(cents) ? { cents, currency: "EUR" } : undefined;
}

function isCents(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
