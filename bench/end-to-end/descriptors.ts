/** How many connections the system allows. */
import { execFileSync } from "node:child_process";

/** File descriptors reserved for other uses. */
const spareDescriptors = 200;

/** Returns `wanted`, or as many connections as one process may have. */
export function allowedConnections(wanted: number): number {
  const allowed = Math.min(wanted, openFileLimit() - spareDescriptors);
  if (allowed < wanted)
    console.error(`ONLY ${allowed} CONNECTIONS: ulimit -n allows no more. Raise it to measure more of them.`);
  return allowed;
}

/** Returns the limit of file descriptors of a process: Node raises its own soft limit to the hard one. */
function openFileLimit(): number {
  try {
    const limit = execFileSync("sh", ["-c", "ulimit -Hn"], { encoding: "utf8" }).trim();
    return limit === "unlimited" ? Number.POSITIVE_INFINITY : Number(limit);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
