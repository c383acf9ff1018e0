/**
 * Diagnostics: what happens to connections, published on named channels for whoever subscribes. The channels are those of the
 * runtime (`node:diagnostics_channel`); adapters supply them. A connection keeps nothing for them, and without a subscriber each
 * event costs one look at its channel.
 */
import { type OptionCheck, takes } from "@hybi/core/options";
import { asUncaught } from "../event-loop/reporter.ts";
import { takesMethods } from "../platform/option-checks.ts";

/** A named channel; those of `node:diagnostics_channel` are. */
export interface DiagnosticsChannel {
  /** Asked before each message: a message without a subscriber is not made. */
  readonly hasSubscribers: boolean;
  publish(message: object): void;
}

/** The names of all channels, in the order of a connection's life; `docs/guide/watching.md` has what each message contains. */
export const diagnosticsNames = [
  "hybi:client:request",
  "hybi:client:failure",
  "hybi:server:request",
  "hybi:server:accepted",
  "hybi:server:refused",
  "hybi:websocket:open",
  "hybi:websocket:ping",
  "hybi:websocket:pong",
  "hybi:websocket:close",
] as const;

export type DiagnosticsName = (typeof diagnosticsNames)[number];

/** Channels by name. A channel that is missing has no subscribers. */
export type Diagnostics = { readonly [name in DiagnosticsName]?: DiagnosticsChannel | undefined };

/** Returns the channels of a runtime by their names. `channel` is that function of `node:diagnostics_channel`. */
export function createDiagnostics(channel: (name: string) => DiagnosticsChannel): Diagnostics {
  return Object.fromEntries(diagnosticsNames.map((name) => [name, channel(name)]));
}

/** Whether a message on the channel `name` would have a subscriber. */
export function isWatched(diagnostics: Diagnostics | undefined, name: DiagnosticsName): diagnostics is Diagnostics {
  return diagnostics?.[name]?.hasSubscribers === true;
}

/** Publishes a message. A channel that throws, which those of runtimes do not, harms no connection. */
export function publish(diagnostics: Diagnostics, name: DiagnosticsName, message: object): void {
  try {
    diagnostics[name]?.publish(message);
  } catch (error) {
    asUncaught(error);
  }
}

const channelCheck = takesMethods("a channel, such as one of node:diagnostics_channel", "publish");

/** Check of the option `diagnostics`: it may be a part of them, and nothing else. */
export const diagnosticsCheck: OptionCheck = takes.options(
  Object.fromEntries(diagnosticsNames.map((name) => [name, channelCheck])),
);
