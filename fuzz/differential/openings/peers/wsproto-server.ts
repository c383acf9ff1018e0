/** wsproto as a server, with h11 as its HTTP parser. */
import type { Difference } from "../../peer.ts";
import type { Verdict } from "../../verdict.ts";
import type { WsprotoQuestion } from "../../wsproto/peer.ts";
import type { WsprotoVerdict } from "../../wsproto/process.ts";
import * as kinds from "../differences/kinds.ts";
import * as lines from "../differences/of-lines.ts";
import * as request from "../differences/of-requests.ts";
import * as terms from "../differences/of-terms.ts";
import * as unfinished from "../differences/of-unfinished.ts";
import * as head from "../head-edit.ts";
import { requests } from "../requests.ts";
import { withoutParameters } from "../verdict.ts";

const field = "Sec-WebSocket-Extensions";
const name = "permessage-deflate";

const anyParameters = (peer: string): Difference => ({
  name: `${peer} agrees to permessage-deflate with unknown parameters, or behind malformed ones`,
  section: "RFC 7692 §7.1",
  applies: ({ stream, ours, theirs }) =>
    theirs.failed === undefined &&
    (ours.code === "opening/extensions-malformed" ||
      head.elements(head.values(stream, field)).some(terms.isToBeDeclined)),
  instead: ({ stream, theirs }) => ({
    stream: head.withField(stream, field, ...(theirs.events.includes(`extensions ${name}`) ? [name] : [])),
  }),
});

const windowOf8Bits = (peer: string): Difference => ({
  name: `${peer} declines windows of 8 bits`,
  section: "RFC 7692 §7.1.2",
  applies: ({ stream, ours, theirs }) =>
    ours.events.includes(`extensions ${name}`) &&
    theirs.events.includes("extensions ") &&
    /window_bits=8/.test(head.values(stream, field).join()),
  instead: ({ stream }) => ({ stream: head.withField(stream, field) }),
});

const differences: readonly Difference[] = [
  lines.bareLineFeed,
  lines.noLimits,
  lines.headOfAnyLength,
  request.anyKey,
  request.otherVersion,
  request.aHost,
  request.readBody(["opening/body-unexpected", "http/framing-ambiguous"]),
  lines.connectionOfOthers,
  request.severalOrigins,
  request.anyTarget,
  lines.foldedLine,
  anyParameters,
  windowOf8Bits,
  request.listOfProtocols(/^RemoteProtocolError: Missing header, 'Upgrade: websocket'$/),
  lines.controlsInValuesOfPython,
  terms.anySubprotocols,
  kinds.accepts(
    "the last of several versions",
    "RFC 6455 §11.3.5",
    ["opening/version-repeated"],
    ({ stream }) => head.withField(stream, "Sec-WebSocket-Version", "13"),
    ({ stream }) => head.values(stream, "Sec-WebSocket-Version").at(-1) === "13",
  ),
  kinds.rejects(
    "empty lines before the request line",
    "RFC 9112 §2.2",
    /no request line received|illegal request line/,
    (stream) => head.emptyLines(stream) !== "",
  ),
  kinds.rejects("a Host that is not a domain name", "RFC 9110 §7.2", /idna/, () => true),
  terms.quotedValues,
  lines.lastConnection,
  unfinished.judgedWhenWhole,
  unfinished.neverRight,
].map((difference) => difference("wsproto"));

export const wsprotoServer: WsprotoQuestion = {
  subject: requests,
  differences,
  reduceEvent: withoutParameters,
  verdictOf,
};

/** Returns the verdict. If something failed, the reported events are the reason. */
export function verdictOf([events, failed]: WsprotoVerdict): Verdict {
  if (failed === null) return { events: events.map(withoutParameters), failed: undefined };
  return { events: [], failed: "refused", because: events.join() };
}
