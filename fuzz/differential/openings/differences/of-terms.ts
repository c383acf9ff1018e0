/** Differences in negotiating subprotocols and extensions. */
import * as head from "../head-edit.ts";
import { supported } from "../terms.ts";
import { accepts, type Kind, rejects, tolerating } from "./kinds.ts";

const field = "Sec-WebSocket-Extensions";

export const malformedExtensionsUnread: Kind = (peer) => ({
  name: `${peer} ignores extensions if it supports none`,
  section: "RFC 6455 §9.1",
  applies: ({ stream, ours, theirs }) =>
    !stream.deflate && ours.code === "opening/extensions-malformed" && theirs.failed === undefined,
  instead: ({ options }) => ({ options: tolerating("malformed-extensions")(options ?? {}) }),
});

export const anySubprotocols = accepts(
  "subprotocols that are not tokens, or are repeated",
  "RFC 6455 §4.1",
  ["opening/subprotocols-malformed", "opening/subprotocol-repeated"],
  ({ stream }) => {
    const offered = head.elements(head.values(stream, "Sec-WebSocket-Protocol"));
    const known = supported.filter((each) => offered.includes(each));
    const inOrder = known.sort((one, other) => offered.indexOf(one) - offered.indexOf(other));
    return head.withField(stream, "Sec-WebSocket-Protocol", ...(inOrder.length === 0 ? [] : [inOrder.join(", ")]));
  },
);

export const emptyExtensions = accepts(
  "an empty Sec-WebSocket-Extensions as none",
  "RFC 6455 §9.1",
  ["opening/extensions-malformed"],
  ({ stream }) => head.withField(stream, field),
  ({ stream }) => head.values(stream, field).join() === "",
);

/** Whether an extension is an offer of permessage-deflate with unknown, malformed or repeated parameters. */
export function isToBeDeclined(extension: string): boolean {
  const [name, ...parameters] = extension.split(";").map((part) => part.trim());
  if (name !== "permessage-deflate") return false;
  const right =
    /^(?:(?:server|client)_no_context_takeover|client_max_window_bits|(?:server|client)_max_window_bits="?(?:[89]|1[0-5])"?)$/;
  const names = parameters.map((parameter) => parameter.split("=")[0]);
  return !parameters.every((parameter) => right.test(parameter)) || new Set(names).size < names.length;
}

export const extensionsWithEmptyElements = (because: RegExp): Kind =>
  rejects("empty elements in a list of extensions", "RFC 9110 §5.6.1.2", because, (stream) =>
    head.elements(head.values(stream, field)).includes(""),
  );

const leadingZero = /(?<=_max_window_bits *= *"?)0+(?=[1-9])/;

export const leadingZeroes: Kind = (peer) => ({
  name: `${peer} accepts leading zeros in window bits`,
  section: "RFC 7692 §7.1.2.1",
  applies: ({ stream, theirs }) =>
    theirs.failed === undefined && leadingZero.test(head.values(head.lastHead(stream), field).join()),
  instead: ({ stream }) => ({
    stream: head.withLastHead(stream, (last) =>
      head.withField(last, field, ...head.values(last, field).map((value) => value.replace(leadingZero, ""))),
    ),
  }),
});

export const quotedValues = rejects(
  "window bits that are quoted, or not a number",
  "RFC 6455 §9.1",
  /^ValueError: invalid literal for int/,
  (stream) =>
    head.values(stream, field).some((value) => /window_bits[^=;,]*=(?![ \t]*\d+[ \t]*(?:[;,]|$))/.test(value)),
);
