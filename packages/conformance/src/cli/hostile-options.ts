/** The flags of an attack, shared by `hybi-hostile` and the comparison of servers. */
import { parseArgs } from "node:util";
import { selectKinds } from "@hybi/testing/attacks";
import type { HostileOptions } from "../hostile/measure.ts";
import { isLoopback, readTarget } from "../hostile/target.ts";

/** The lines of the help text for these flags. */
export const hostileFlagsHelp = `  --seconds <n>            of the attack (30)
  --clients <n>            hostile clients (1000)
  --innocents <n>          clients that are measured (20)
  --only <kinds>           only these kinds of hostile clients, with commas, or several times
  --except <kinds>         not these
  --quiet <n>              seconds before the attack, to compare with (5)
  --recovery <n>           seconds in which the server must be rid of them (60)
  --processes <n>          processes of hostile clients (2)
  --budget <MiB>           what the server may hold for its clients (512)
  --json <file>            writes what was measured
  --markdown               prints tables of Markdown`;

const flags = {
  help: { type: "boolean", short: "h" },
  seconds: { type: "string" },
  clients: { type: "string" },
  innocents: { type: "string" },
  only: { type: "string", multiple: true },
  except: { type: "string", multiple: true },
  quiet: { type: "string" },
  recovery: { type: "string" },
  processes: { type: "string" },
  budget: { type: "string" },
  json: { type: "string" },
  markdown: { type: "boolean" },
  tls: { type: "string" },
  pid: { type: "string", multiple: true },
  servers: { type: "string", multiple: true },
  write: { type: "boolean" },
  "i-own-this-server": { type: "boolean" },
} as const;

export interface HostileFlags {
  readonly positionals: readonly string[];
  readonly help: boolean;
  /** The options that do not depend on the server. */
  readonly attack: Omit<HostileOptions, "target" | "secureTarget" | "pids" | "heap" | "program">;
  /** Bytes; undefined when not given. */
  readonly budget: number | undefined;
  readonly json: string | undefined;
  readonly markdown: boolean;
  readonly tls: string | undefined;
  readonly pids: readonly number[] | undefined;
  /** Names of the servers to compare. */
  readonly servers: readonly string[];
  /** Whether to write the comparison page. */
  readonly write: boolean;
  readonly mayAttackOthers: boolean;
}

/**
 * Reads `args`.
 *
 * @throws Error for invalid flags or values
 */
export function readHostileFlags(args: readonly string[]): HostileFlags {
  const { positionals, values } = parseArgs({ args: [...args], allowPositionals: true, options: flags });
  const number = (flag: keyof typeof values, otherwise: number): number => numberOf(values[flag], flag) ?? otherwise;
  const milliseconds = (flag: keyof typeof values, seconds: number): number => {
    const given = number(flag, seconds);
    if (given > longest) throw new Error(`--${flag} takes seconds, ${longest} at most.`);
    return 1000 * given;
  };
  const budget = numberOf(values.budget, "budget");
  return {
    positionals,
    help: values.help === true,
    attack: {
      kinds: selectKinds(list(values.only), list(values.except)).map(({ name }) => name),
      clients: number("clients", 1_000),
      innocents: number("innocents", 20),
      duration: milliseconds("seconds", 30),
      quiet: milliseconds("quiet", 5),
      recovery: milliseconds("recovery", 60),
      processes: Math.max(1, number("processes", 2)),
    },
    budget: budget === undefined ? undefined : budget * 1_048_576,
    json: values.json,
    markdown: values.markdown === true,
    tls: values.tls,
    pids: values.pid?.map((text) => numberOf(text, "pid")!),
    servers: list(values.servers),
    write: values.write === true,
    mayAttackOthers: values["i-own-this-server"] === true,
  };
}

/** The targets of an attack on the server at `url`, which must run on this machine or belong to the user. */
export function targetsOf(
  url: string,
  { tls, mayAttackOthers }: HostileFlags,
): Pick<HostileOptions, "target" | "secureTarget"> {
  const target = readTarget(url);
  const secureTarget = tls === undefined ? undefined : readTarget(tls);
  for (const each of [target, ...(secureTarget === undefined ? [] : [secureTarget])]) {
    if (isLoopback(each) || mayAttackOthers) continue;
    throw new Error(
      `${each.host} is not an address of this machine alone. Attack only what is yours; --i-own-this-server says that it is.`,
    );
  }
  return { target, secureTarget };
}

/** Maximum duration in seconds of the longest part of an attack: one day. The runtime's timers overflow after 24 days. */
const longest = 86_400;

const list = (texts: readonly string[] = []): readonly string[] => texts.flatMap((text) => text.split(","));

function numberOf(value: unknown, flag: string): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "string" || !/^\d+(\.\d+)?$/.test(value)) throw new Error(`--${flag} takes a number.`);
  return Number(value);
}
