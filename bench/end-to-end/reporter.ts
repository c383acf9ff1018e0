/** What a server tells whoever started it, in any runtime: its port, and what it has used of the processor and of memory. */

/** In bytes. */
export interface Memory {
  readonly heap: number;
  /** Outside the heap, array buffers included. */
  readonly external: number;
  readonly resident: number;
}

/** Microseconds of the processor, of all threads. */
type Answer = { readonly cpu: number } | { readonly memory: Memory };

/** Collections after which nothing is left that could be collected: what has a finalizer takes several. */
const collections = 6;

/** Prints the port, and `more`; then answers each line of standard input with a line of JSON. Ends with standard input. */
export function report(port: number, collect: () => void, more: object = {}): void {
  console.log(JSON.stringify({ port, ...more }));
  process.stdin.setEncoding("utf8");
  process.stdin.on("data", (lines: string) => {
    for (const line of lines.split("\n")) {
      if (line === "cpu") answer({ cpu: cpuTime() });
      if (line === "memory") void memory(collect).then((memory) => answer({ memory }));
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

async function memory(collect: () => void): Promise<Memory> {
  for (let collection = 0; collection < collections; collection++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed, external, resident: rss };
}
