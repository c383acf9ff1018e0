/**
 * Resource usage of a process on this machine, measured from outside: memory, descriptors, connections, processor time.
 * Linux only.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Totals over all processes of a server. */
export interface ProcessFigures {
  /** Resident memory in bytes. */
  readonly resident: number;
  readonly descriptors: number;
  /** TCP connections to its port, including those it has not accepted yet. */
  readonly connections: number;
  /** Seconds of processor time since the process was started. */
  readonly processorTime: number;
}

/** Connection states in /proc/net/tcp. */
const listening = "0A";
const timeWait = "06";

/** Figures when no process is left, as after a server has ended. */
const nothing: ProcessFigures = { resident: 0, descriptors: 0, connections: 0, processorTime: 0 };

/** The processes that listen on a port of this machine; undefined when they cannot be determined. */
export function findListeners(port: number): readonly number[] | undefined {
  const inodes = new Set(
    tcpRows(port)
      ?.filter(({ state }) => state === listening)
      .map(({ inode }) => `socket:[${inode}]`),
  );
  if (inodes.size === 0) return undefined;
  const pids = numbersIn("/proc").filter((pid) => descriptorsOf(pid).some((link) => inodes.has(link)));
  return pids.length === 0 ? undefined : pids;
}

/** The combined figures of `pids`, which serve `port`. A process that no longer exists counts as zero. */
export function readFigures(pids: readonly number[], port: number): ProcessFigures {
  const connections = tcpRows(port)?.filter(({ state }) => state !== listening && state !== timeWait).length ?? 0;
  return pids.reduce<ProcessFigures>(
    (sum, pid) => ({
      resident: sum.resident + residentOf(pid),
      descriptors: sum.descriptors + descriptorCountOf(pid),
      connections,
      processorTime: sum.processorTime + processorTimeOf(pid),
    }),
    nothing,
  );
}

/** Resident memory of `pids`, in bytes. */
export function readResident(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + residentOf(pid), 0);
}

interface TcpRow {
  readonly state: string;
  readonly inode: string;
}

/** The sockets whose local port is `port`. */
function tcpRows(port: number): readonly TcpRow[] | undefined {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const rows: TcpRow[] = [];
  for (const file of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    const text = read(file);
    if (text === undefined) continue;
    for (const line of text.split("\n").slice(1)) {
      const [, local = "", , state = "", , , , , , inode = ""] = line.trim().split(/\s+/);
      if (local.endsWith(suffix)) rows.push({ state, inode });
    }
  }
  return rows;
}

function residentOf(pid: number): number {
  return 1024 * Number(/^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`) ?? "")?.[1] ?? 0);
}

function processorTimeOf(pid: number): number {
  // The program name, in parentheses, may contain spaces.
  const fields = (read(`/proc/${pid}/stat`) ?? "").replace(/^.*\) /s, "").split(" ");
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / ticksInSecond();
}

let clockTicks: number | undefined;

function ticksInSecond(): number {
  clockTicks ??= Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
  return clockTicks;
}

function descriptorCountOf(pid: number): number {
  return namesIn(`/proc/${pid}/fd`).length;
}

function descriptorsOf(pid: number): readonly string[] {
  return namesIn(`/proc/${pid}/fd`).map((name) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${name}`);
    } catch {
      return "";
    }
  });
}

function numbersIn(folder: string): readonly number[] {
  return namesIn(folder)
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Returns an empty list when the folder does not exist or is not readable. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
