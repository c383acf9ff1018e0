/** wsproto as a client, with h11 as its HTTP parser. */
import type { Difference } from "../../peer.ts";
import type { WsprotoQuestion } from "../../wsproto/peer.ts";
import * as kinds from "../differences/kinds.ts";
import * as lines from "../differences/of-lines.ts";
import * as request from "../differences/of-requests.ts";
import * as response from "../differences/of-responses.ts";
import * as terms from "../differences/of-terms.ts";
import * as unfinished from "../differences/of-unfinished.ts";
import * as head from "../head-edit.ts";
import { responses } from "../responses.ts";
import { withoutParameters } from "../verdict.ts";
import { verdictOf } from "./wsproto-server.ts";

const field = "Sec-WebSocket-Extensions";
const name = "permessage-deflate";

const anyParameters = (peer: string): Difference => ({
  name: `${peer} accepts permessage-deflate twice, and with unknown, malformed or repeated parameters`,
  section: "RFC 7692 §7.1",
  applies: ({ ours, theirs }) =>
    theirs.failed === undefined &&
    (ours.code === "opening/extensions-malformed" ||
      ours.code === "opening/extension-unacceptable" ||
      ours.code === "opening/extension-repeated"),
  instead: ({ stream }) => ({ stream: head.withField(stream, field, name) }),
});

const differences: readonly Difference[] = [
  lines.bareLineFeed,
  lines.noLimits,
  lines.headOfAnyLength,
  request.otherVersion,
  response.noSpaceBehindStatus,
  response.controlsInReason,
  lines.controlsInValuesOfPython,
  lines.connectionOfOthers,
  response.lastOf("Sec-WebSocket-Accept", "RFC 6455 §11.3.3", "opening/accept-repeated"),
  response.lastOf("Upgrade", "RFC 6455 §4.1", "opening/upgrade-mismatch"),
  response.lastOf("Sec-WebSocket-Protocol", "RFC 6455 §11.3.4", "opening/subprotocol-repeated"),
  response.lastOf("Sec-WebSocket-Extensions", "RFC 6455 §11.3.2", "opening/extensions-repeated"),
  anyParameters,
  terms.quotedValues,
  lines.lastConnection,
  kinds.rejects("windows of 8 bits", "RFC 7692 §7.1.2", /^ValueError: Window size/, (stream) =>
    /window_bits="?8/.test(head.values(stream, field).join()),
  ),
  terms.extensionsWithEmptyElements(/^RemoteProtocolError: unrecognized extension $/),
  response.lengthsOf101(/Transfer-Encoding|Content-Length/),
  response.interimResponse(/^status 1(?!01)\d\d$/),
  unfinished.judgedWhenWhole,
  unfinished.neverRight,
].map((difference) => difference("wsproto"));

export const wsprotoClient: WsprotoQuestion = {
  subject: responses,
  differences,
  reduceEvent: withoutParameters,
  verdictOf,
};
