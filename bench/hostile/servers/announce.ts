/** What an echo server under attack tells whoever has started it, in any runtime. */
import { report } from "../../end-to-end/reporter.ts";

/** The name and version of what serves, and of the runtime it runs in. */
export interface Announcement {
  readonly title: string;
  readonly port: number;
  /** Of the same server over TLS. */
  readonly tlsPort: number;
  /** Bytes that it may hold for its clients, if it has such a limit. */
  readonly budget?: number | undefined;
}

/** Prints the announcement; then answers each line of standard input, as the servers of end-to-end measurements do. */
export function announce({ port, ...more }: Announcement, collect: () => void): void {
  report(port, collect, more);
}
