/** Reports of a server to its parent process, in any runtime: its port, and its use of CPU time and memory. */

/** In bytes. */
export interface Memory {
  readonly heap: number;
  /** Outside the heap, array buffers included. */
  readonly external: number;
  readonly resident: number;
}

/** `cpu`: microseconds of CPU time of all threads. */
type Answer = { readonly cpu: number } | { readonly memory: Memory } | { readonly broadcasts: number };

/** A server that listens. */
export interface Started {
  readonly port: number;
  /** Sends a text to all connections. */
  broadcast?(data: string): void;
}

/** A broadcast of 200 bytes. */
const broadcastText = "x".repeat(200);

/** Number of collections after which nothing collectable is left: objects with a finalizer need several. */
const collections = 6;

/** Prints the port and `more`; then responds to each line of standard input with a line of JSON. Exits at its end. */
export function report(server: Started, collect: () => void, more: object = {}): void {
  console.log(JSON.stringify({ port: server.port, ...more }));
  process.stdin.setEncoding("utf8");
  process.stdin.on("data", (lines: string) => {
    for (const line of lines.split("\n")) {
      if (line === "cpu") answer({ cpu: cpuTime() });
      if (line.startsWith("broadcast ")) {
        void broadcast(server, Number(line.slice(10))).then((broadcasts) => answer({ broadcasts }));
      }
      if (line === "memory") void measureMemory(collect).then((memory) => answer({ memory }));
    }
  });
  process.stdin.on("end", () => process.exit(0));
}

function answer(answer: Answer): void {
  console.log(JSON.stringify(answer));
}

function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Sends `count` broadcasts, each in a turn of its own, so that the sockets are writable again. */
async function broadcast(server: Started, count: number): Promise<number> {
  for (let index = 0; index < count; index++) {
    server.broadcast?.(broadcastText);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return count;
}

async function measureMemory(collect: () => void): Promise<Memory> {
  for (let collection = 0; collection < collections; collection++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed, external, resident: rss };
}
