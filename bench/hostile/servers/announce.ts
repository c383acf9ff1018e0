/** What an echo server under attack reports to its parent process, in any runtime. */
import { report } from "../../end-to-end/reporter.ts";

/** `title`: name and version of the server and its runtime. */
export interface Announcement {
  readonly title: string;
  readonly port: number;
  /** Port of the same server over TLS. */
  readonly tlsPort: number;
  /** Bytes that it may hold for its clients, if it has such a limit. */
  readonly budget?: number | undefined;
}

/** Prints the announcement; then responds to each line of standard input like the servers of the end-to-end measurements. */
export function announce(announcement: Announcement, collect: () => void): void {
  report(announcement, collect, announcement);
}
