/** Options of a server process, passed by its parent as JSON in its first argument. */

export interface ServerOptions {
  /** Which of the servers of its runtime it is. */
  readonly kind: string;
  readonly tls: boolean;
  readonly deflate: boolean;
  /** Milliseconds of silence before a keepalive Ping, or 0 for the default of the implementation. */
  readonly ping: number;
  /** Whether it holds 64 MiB of its own, as an application may. */
  readonly ballast: boolean;
}

export function serverOptions(): ServerOptions {
  return JSON.parse(process.argv[2] as string);
}

export const address = "127.0.0.1";

/** Returns the server of this kind. */
export function serverOfKind<Start>(starts: Readonly<Record<string, Start>>, kind: string): Start {
  const start = starts[kind];
  if (start === undefined) throw new Error(`There is no server "${kind}".`);
  return start;
}
