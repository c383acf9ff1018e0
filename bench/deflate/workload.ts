/** Distinct JSON messages of one size. More than a window of 32 KiB passes before one repeats. */

export interface Workload {
  readonly layer: "connection" | "codec";
  readonly direction: "deflate" | "inflate";
  readonly size: 200 | 2048 | 65_536;
  readonly takeover: boolean;
}

const counts = { 200: 640, 2048: 64, 65536: 6 } as const;

export function messagesOf(size: Workload["size"]): string[] {
  let state = 1;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return (state >> 8) % below;
  };
  const record = (): object => ({
    id: random(1_000_000),
    user: `user-${random(500)}`,
    at: 1_700_000_000_000 + random(1_000_000_000),
    price: random(100_000) / 100,
    side: random(2) === 0 ? "buy" : "sell",
    tags: [`t${random(20)}`, `t${random(20)}`],
  });
  return Array.from({ length: counts[size] }, () => {
    let text = "[";
    while (text.length < size - 1) text += `${JSON.stringify(record())},`;
    return `${text.slice(0, size - 1)}]`;
  });
}
