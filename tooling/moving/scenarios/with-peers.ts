/** What most scenarios have in common: a server that is asked by raw clients, or a client of a raw server. */
import { RawPeer, RawServer } from "../raw-peer.ts";
import type { Scenario, Start } from "../scenario.ts";
import { freePort, type StartedProgram } from "../started-program.ts";

type Open = (target?: string, fields?: Record<string, string>) => Promise<RawPeer>;

/** Starts a server, and passes on what opens connections to it and waits for the response (RFC 6455 §4.1). */
export function withServer(
  play: (open: Open, program: StartedProgram) => Promise<readonly unknown[]>,
  env: Record<string, string | number> = {},
): Scenario["play"] {
  return async (start: Start) => {
    const port = await freePort();
    const program = start({ PORT: port, ...env });
    const open: Open = async (target, fields) => {
      const peer = await RawPeer.open({ port, host: "127.0.0.1" }, target, fields);
      await peer.head();
      return peer;
    };
    return play(open, program);
  };
}

/** Starts a client, whose server is a raw one. */
export function withClient(
  play: (next: () => Promise<RawPeer>, program: StartedProgram) => Promise<readonly unknown[]>,
): Scenario["play"] {
  return async (start: Start) => {
    const server = await RawServer.listen();
    try {
      return await play(() => server.next(), start({ URL: server.url }));
    } finally {
      server.close();
    }
  };
}

/** The code of a Close frame, without its reason, which is for people. */
export const withoutReason = (what: string): string => what.replace(/^(close \d+).*/, "$1");
