/**
 * Diagnostics on named channels, such as those of `node:diagnostics_channel`, which adapters pass in. A message is made only if its
 * channel has a subscriber.
 */
import { formatWebSocketUrl } from "@hybi/core/opening";
import { takes } from "@hybi/core/options";
import { asUncaught, printed } from "../event-loop/reporter.ts";
import type { Diagnostics } from "../pump/diagnostics.ts";
import type { DiagnosticsMessages } from "../server/diagnostics-messages.ts";
import type { WebSocketControlMessage } from "../socket/diagnostics-messages.ts";
import { formatExtensions } from "../socket/format-extensions.ts";

/** A named channel; those of `node:diagnostics_channel` are. */
export interface DiagnosticsChannel {
  /** Asked before each message: a message without a subscriber is not made. */
  readonly hasSubscribers: boolean;
  publish(message: object): void;
}

/** The names of all channels; `docs/guide/watching.md` has what each message contains. */
export type DiagnosticsName = keyof DiagnosticsMessages;

/**
 * Returns diagnostics on the channels that `channel` returns for their names, as that function of `node:diagnostics_channel` does;
 * undefined for one that nobody wants.
 *
 * @throws UsageError `option/type` if it is no function
 */
export function createDiagnostics(channel: (name: DiagnosticsName) => DiagnosticsChannel | undefined): Diagnostics {
  takes.callback(channel, "channel");

  /** Returns the function that publishes on the channel `name` what `format` returns. */
  function publisher<Name extends DiagnosticsName, Given extends unknown[]>(
    name: Name,
    format: (...given: Given) => DiagnosticsMessages[Name],
  ): (...given: Given) => void {
    const own = channel(name);
    return (...given) => {
      if (isWanted(own)) publish(own, format(...given));
    };
  }

  type Given<Method extends keyof Diagnostics> = Parameters<Diagnostics[Method]>;
  const ping = channel("hybi:websocket:ping");
  const pong = channel("hybi:websocket:pong");

  return {
    attempted: publisher("hybi:client:request", (...[websocket, url, redirects]: Given<"attempted">) => ({
      websocket,
      url: formatWebSocketUrl({ ...url, userinfo: undefined }),
      redirects,
    })),
    failed: publisher("hybi:client:failure", (...[websocket, failure]: Given<"failed">) => ({ websocket, failure })),
    requested: publisher("hybi:server:request", (...[request, info]: Given<"requested">) => ({ request, info })),
    accepted: publisher("hybi:server:accepted", (...[request, info, websocket]: Given<"accepted">) => ({
      ...{ request, info, websocket },
    })),
    refused: publisher("hybi:server:refused", (...[request, info, status, failure]: Given<"refused">) => ({
      ...{ request, info, status, failure },
    })),
    opened: publisher("hybi:websocket:open", (...[websocket, role, agreement]: Given<"opened">) => ({
      ...{ websocket, role },
      protocol: agreement.subprotocol ?? "",
      extensions: formatExtensions(agreement),
    })),
    // Without an array of its arguments: a connection may have many Pings, and nobody who subscribes to them.
    received(what, websocket, role, payload) {
      const own = what === "ping" ? ping : pong;
      if (!isWanted(own)) return;
      // A copy: events show the payload as well.
      const message: WebSocketControlMessage = { websocket, role, payload: new Uint8Array(payload) };
      publish(own, message);
    },
    closed: publisher("hybi:websocket:close", (...[websocket, role, end, failure]: Given<"closed">) => ({
      ...{ websocket, role, failure },
      ...end,
    })),
  };
}

/** Whether the channel has a subscriber. One whose getter throws has none. */
function isWanted(channel: DiagnosticsChannel | undefined): channel is DiagnosticsChannel {
  try {
    return channel?.hasSubscribers === true;
  } catch (error) {
    printed(error);
    return false;
  }
}

function publish(channel: DiagnosticsChannel, message: object): void {
  try {
    channel.publish(message);
  } catch (error) {
    // The channels of runtimes report a subscriber that throws by themselves.
    asUncaught(error);
  }
}
