/** The goals, as ratios to `ws` without its native addon; docs/design/performance.md has the reasons. */

export interface Goal {
  /** Without and with Node's native functions. */
  readonly portable: number;
  readonly host: number;
  /** Ratio to `ws` with its native addon. */
  readonly native?: number;
}

const same = (ratio: number, native?: number): Goal => ({
  portable: ratio,
  host: ratio,
  ...(native === undefined ? {} : { native }),
});

/** Goals by table and workload. */
export const goals: Readonly<Record<string, Readonly<Record<string, Goal>>>> = {
  "decode/server/65536": {
    t16: same(6),
    t125: { portable: 3.5, host: 5 },
    j200: { portable: 4.5, host: 6.5 },
    k64: same(2.3),
    b1k: same(13, 3),
    b16k: same(15, 1),
    b1m: same(5),
    t1m: { portable: 3.5, host: 8 },
    k1m: same(2.5),
    fragb: same(7),
    fragk: same(2.9),
    mixed: { portable: 6.5, host: 7.5 },
  },
  "decode/server/1460": { t16: same(6), b1k: same(6) },
  "decode/server/1": { t16: same(5), t125: same(5), k64: same(5), b1k: same(5), b16k: same(5), mixed: same(5) },
  "decode/client/65536": {
    t16: same(6),
    t125: { portable: 2.3, host: 3.3 },
    b1k: same(11),
    b16k: same(1.2),
    b1m: same(1),
  },
  "decode/client/1": { t16: same(5), t125: same(5), k64: same(5), b1k: same(5), b16k: same(5), mixed: same(5) },
  "encode/server": {
    t16: same(3.7),
    t125: { portable: 1.9, host: 2.1 },
    b1k: same(2),
    b16k: same(1.17),
    t1m: same(1.9),
  },
  "encode/client": {
    t16: same(4.2, 1.1),
    t125: { portable: 2.5, host: 2.8, native: 1.1 },
    b1k: same(10.6, 1.1),
    b16k: same(13.7, 1.1),
    b1m: same(15, 1.1),
  },
};

/** The goal of an echo: a ratio to `ws`, and a ratio to another server of the same run. */
export interface EchoGoal {
  readonly ratio: number;
  /** Name and title of the other server, and our ratio to it. */
  readonly beside?: { readonly name: string; readonly title: string; readonly ratio: number };
}

const besideTcp = { name: "raw", title: "TCP alone", ratio: 0.9 };

/** Goals by row of the table, for the pump; also for the WebSocket interface on top of it, where it reaches them. */
export const echoGoals: Readonly<Record<string, EchoGoal>> = {
  pipe64: { ratio: 20, beside: { name: "bun-native", title: "Bun.serve", ratio: 0.9 } },
  pipe8: { ratio: 5.5 },
  pipe2: { ratio: 1.9 },
  ping1: { ratio: 1.15, beside: besideTcp },
  ping32: { ratio: 1.15, beside: besideTcp },
  ping256: { ratio: 1.15, beside: besideTcp },
  pipe16k: { ratio: 3.5, beside: { name: "ws-native", title: "native", ratio: 1.1 } },
};

/** KiB of heap per idle connection in excess of its socket. */
export const idleGoal = 0.35;

/** Ratio to `ws`: at most 60 % of the cost of an opening handshake to its server. */
export const handshakeGoal = 1.67;
