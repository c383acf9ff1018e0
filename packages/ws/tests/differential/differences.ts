/** Where @hybi/ws is meant to differ from ws. Every other difference is a fault. */
import type { Transcript } from "./play.ts";
import type { Scenario } from "./scenario.ts";
import { brief, unbrief } from "./wire.ts";

export interface Difference {
  readonly name: string;
  /** Why it is right, with the section. */
  readonly reason: string;
  /** Leaves out of a transcript what may differ. */
  readonly without?: (transcript: Transcript, scenario: Scenario) => Transcript;
  /** Whether everything that follows in a scenario may differ. */
  readonly covers?: (scenario: Scenario, ws: Transcript, ours: Transcript) => boolean;
}

const isClose = (line: string): boolean => /^\d{4} 8 /.test(line);
const peerWrites = (scenario: Scenario, what: RegExp): boolean =>
  scenario.steps.some((step) => step.do === "write" && what.test(step.what));
const mapWire = (transcript: Transcript, change: (line: string) => string | undefined): Transcript => ({
  ...transcript,
  wire: transcript.wire.map(change).filter((line) => line !== undefined),
});

const mapEvents = (transcript: Transcript, change: (event: string) => string): Transcript => ({
  ...transcript,
  events: transcript.events.map(change),
});

export const differences: readonly Difference[] = [
  {
    name: "the Close frame of a failure names the violation",
    reason: "RFC 6455 §7.1.6 lets an endpoint give a reason. ws gives none.",
    without: (transcript) =>
      mapWire(transcript, (line) => {
        const [, head, code, reason = ""] = /^(\d{4} 8 (?:masked )?)\d+:(03..)([0-9a-f]{6,})$/.exec(line) ?? [];
        return /^[a-z]+\/[a-z0-9-]+$/.test(Buffer.from(reason, "hex").toString()) ? `${head}2:${code}` : line;
      }),
  },
  {
    name: "a client waits until the server has ended the connection",
    reason:
      "RFC 6455 §7.1.1: the server closes TCP first, so that it is not the client whose port stays in TIME_WAIT. ws ends it at once.",
    without: (transcript, scenario) =>
      scenario.role === "client" && transcript.wire.some(isClose)
        ? mapWire(transcript, (line) => (line === "end" ? undefined : line))
        : transcript,
  },
  {
    name: "an offer of an extension that is not valid is declined, and the rest is negotiated",
    reason: "RFC 7692 §5.1 and §7.1: such an offer must be declined. ws refuses the whole request.",
    covers: ({ role, head }, ws, ours) =>
      role === "server" &&
      head.some((line) => line.startsWith("Sec-WebSocket-Extensions")) &&
      !(ws.wire[0] ?? "").startsWith("HTTP/1.1 101") &&
      (ours.wire[0] ?? "").startsWith("HTTP/1.1 101"),
  },
  {
    name: "a server may ask for client_no_context_takeover that was not offered",
    reason: "RFC 7692 §7.1.1.2 allows it. A client of ws with `clientNoContextTakeover: false` fails.",
    covers: ({ role, head, options }) =>
      role === "client" &&
      head.some((line) => line.includes("client_no_context_takeover")) &&
      typeof options.perMessageDeflate === "object" &&
      options.perMessageDeflate.clientNoContextTakeover === false,
  },
  {
    name: "a server that is asked for server_no_context_takeover must agree",
    reason: "RFC 7692 §7.1.1.1: it accepts by including the parameter in its response. ws goes on without it.",
    covers: ({ role, head, options }) =>
      role === "client" &&
      head.some((line) => line === "Sec-WebSocket-Extensions: permessage-deflate") &&
      typeof options.perMessageDeflate === "object" &&
      options.perMessageDeflate.serverNoContextTakeover === true,
  },
  {
    name: "a request for another protocol or version is answered with what to upgrade to",
    reason: "RFC 6455 §4.4 and RFC 9110 §15.5.22: with 426. ws answers 400.",
    covers: ({ role }, ws, ours) =>
      role === "server" &&
      (ws.wire[0] ?? "").startsWith("HTTP/1.1 400 ") &&
      (ours.wire[0] ?? "").startsWith("HTTP/1.1 426 "),
  },
  {
    name: "extensions that are no list of extensions are refused",
    reason:
      "RFC 6455 §9.1: whoever gets such a field must fail the connection. A server of ws without compression does not read it.",
    covers: ({ role, head }, _, ours) =>
      role === "server" &&
      head.includes("Sec-WebSocket-Extensions: ;") &&
      // 418 is of a listener of wsClientError.
      /^HTTP\/1.1 4(00|18) /.test(ours.wire[0] ?? ""),
  },
  {
    name: "close follows the error of an opening that failed at once",
    reason:
      "There is no connection whose end could be awaited. ws waits for that of its socket, and calls back in between.",
    without: (transcript, { role }) => {
      const { events } = transcript;
      if (role !== "client" || events.some((event) => event.startsWith("open "))) return transcript;
      const isLate = (event: string): boolean => event.includes(" called back with ");
      return { ...transcript, events: [...events.filter((event) => !isLate(event)), ...events.filter(isLate)] };
    },
  },
  {
    name: "pausing a socket that never opened does nothing",
    reason: "There is nothing to pause. ws throws a TypeError of its own when the opening has failed.",
    without: (transcript, { role }) => {
      if (role !== "client" || transcript.events.some((event) => event.startsWith("open "))) return transcript;
      const { events, wire, end } = transcript;
      return {
        events: events.map((event) =>
          event.replace(/^(?:after (pause|resume): state 2|(pause|resume) threw TypeError -)$/, "$1$2"),
        ),
        wire,
        end: end.filter((line) => !line.startsWith("isPaused")),
      };
    },
  },
  {
    name: "the first byte of a frame is judged before the second has come",
    reason:
      "RFC 6455 §5.2: its reserved bits and opcode are wrong whatever follows. ws reads two bytes before it looks.",
    covers: (scenario, ws, ours) =>
      peerWrites(scenario, /^the beginning of a frame/) &&
      !ws.events.some((event) => event.startsWith("error ")) &&
      ours.events.some((event) => /^error RangeError WS_ERR_(UNEXPECTED_RSV|INVALID_OPCODE|EXPECTED_FIN)/.test(event)),
  },
  {
    name: "refusals have other words",
    reason: "They are for people; the status is the same.",
    without: (transcript) =>
      (transcript.wire[0] ?? "").startsWith("HTTP/1.1 400")
        ? mapWire(transcript, (line) => line.replace(/^(content-length|body)\b.*$/, "$1"))
        : transcript,
  },
  {
    name: "parameters of an extension come in another order",
    reason: "RFC 6455 §9.1: parameters are told apart by their names.",
    without: (transcript) =>
      mapWire(transcript, (line) =>
        line.replace(/^(sec-websocket-extensions: [^;]+; )(.*)$/, (_, name, parameters: string) => {
          return `${name}${parameters.split("; ").sort().join("; ")}`;
        }),
      ),
  },
  {
    name: "a message is cut into other fragments",
    reason:
      "RFC 6455 §5.4: fragments have no meaning. A long compressed message leaves in fragments of 64 KiB, and an empty piece of a message is not sent alone.",
    without: (transcript) => ({ ...transcript, wire: joined(transcript.wire) }),
  },
  {
    name: "the pieces of a compressed message are flushed where they leave, and an empty one is not",
    reason: "RFC 7692 §7.2.1: a compressed message may be cut anywhere. ws flushes the compressor behind each piece.",
    covers: ({ head, steps }) =>
      head.some((line) => line.startsWith("Sec-WebSocket-Extensions: permessage-deflate")) &&
      steps.some((step) => step.do === "send" && step.options?.fin === false),
  },
  {
    name: "a compressed message is decompressed when it arrives",
    reason: "ws does it in another thread, and the end of the connection, which has arrived meanwhile, comes first.",
    without: (transcript, scenario) =>
      peerWrites(scenario, /^compressed/)
        ? {
            ...transcript,
            events: transcript.events
              .filter((event) => event !== "the peer is gone")
              .map((event) => event.replace(/ in state [12]$/, "")),
          }
        : transcript,
  },
  {
    name: "a message is compressed when it leaves",
    reason: "ws compresses in another thread, and calls back for messages after it, which wait, later than for others.",
    without: (transcript, { head }) =>
      head.some((line) => line.startsWith("Sec-WebSocket-Extensions: permessage-deflate"))
        ? { ...transcript, events: [...transcript.events].sort(sentLast) }
        : transcript,
  },
  {
    name: "a length of 2^63 and more is a violation of the protocol",
    reason: "RFC 6455 §5.2: its most significant bit must be 0, hence 1002. ws closes with 1009.",
    without: (transcript, scenario) =>
      peerWrites(scenario, /^a length above/)
        ? mapWire(transcript, (line) => line.replace(/^(1000 8 (masked )?2:)03f1$/, "$103ea"))
        : transcript,
  },
  {
    name: "a Ping is answered until a Close frame has arrived",
    reason: "RFC 6455 §5.5.2. ws no longer answers once it has sent its own.",
    without: (transcript, scenario) => {
      const closing = transcript.wire.findIndex(isClose);
      if (closing < 0 || !peerWrites(scenario, /^(Ping|message of)/)) return transcript;
      const wire = transcript.wire.filter((line, index) => index < closing || !/^\d{4} 10 /.test(line));
      return { ...transcript, wire };
    },
  },
  {
    name: "the answer 426 names the protocol to upgrade to",
    reason: "RFC 9110 §15.5.22 asks for the field Upgrade, and its §7.8 for the option in Connection.",
    covers: ({ role }, ws, ours) =>
      role === "server" && /^HTTP\/1\.1 426 /.test(ws.wire[0] ?? "") && ws.wire[0] === ours.wire[0],
  },
  {
    name: "a length in more bytes than it needs is a violation",
    reason: "RFC 6455 §5.2: the minimal number of bytes must be used. ws takes it.",
    covers: (scenario) => peerWrites(scenario, /their length in \d+ bits$/),
  },
  {
    name: "a paused socket learns of the end of its connection when it reads on",
    reason:
      "What has arrived before is delivered in the state in which it arrived. In ws the state is CLOSING already.",
    without: (transcript, { steps }) =>
      steps.some((step) => step.do === "pause")
        ? mapEvents(transcript, (event) => event.replace(/ in state [12]$/, ""))
        : transcript,
  },
  {
    name: "empty elements of Sec-WebSocket-Protocol are ignored",
    reason: "RFC 9110 §5.6.1.2: a recipient must ignore some of them. ws refuses the request.",
    covers: ({ role, head }) => role === "server" && head.some((line) => /^Sec-WebSocket-Protocol: .*,,/.test(line)),
  },
  {
    name: "only a client sends 1010",
    reason:
      "RFC 6455 §7.4.1: it says that the server did not agree to an extension. ws lets a server send it, and echos it.",
    covers: ({ role, steps }) =>
      steps.some(
        (step) =>
          (step.do === "write" && /^Close 1010 /.test(step.what)) ||
          (role === "server" && step.do === "close" && step.code === 1010),
      ),
  },
];

/** Orders events so that those about sending come last, and the others stay in their order. */
function sentLast(left: string, right: string): number {
  const isSent = (event: string): number => (event === "send called back" ? 1 : 0);
  return isSent(left) - isSent(right);
}

/** Joins the fragments of a message that follow one another, and leaves out those that are empty and not the last. */
function joined(wire: readonly string[]): string[] {
  const lines: string[] = [];
  /** RSV and opcode of an empty first fragment, for the next one. */
  let begun: string | undefined;
  for (const line of wire) {
    const [, empty] = /^0(\d\d\d [12])(?: masked)? 0:$/.exec(line) ?? [];
    const next = /^([01])000 0( masked)? (.*)$/.exec(line);
    const before = /^0(\d\d\d \d+)( masked)? (.*)$/.exec(lines.at(-1) ?? "");
    const saysNothing = next?.[1] === "0" && next[3] === "0:";
    if (saysNothing) continue;
    if (empty !== undefined) begun = empty;
    else if (next === null) lines.push(line);
    else if (begun !== undefined) {
      lines.push(`${next[1]}${begun}${next[2] ?? ""} ${next[3]}`);
      begun = undefined;
    } else if (before === null) lines.push(line);
    else {
      const bytes = Buffer.concat([unbrief(before[3] ?? ""), unbrief(next[3] ?? "")]);
      lines[lines.length - 1] = `${next[1]}${before[1]}${before[2] ?? ""} ${brief(bytes)}`;
    }
  }
  return lines;
}
