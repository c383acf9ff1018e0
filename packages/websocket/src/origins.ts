/** Pages of which origins may connect to a server (RFC 6455 §10.2): by default those of the host that they ask. */
import { type OptionCheck, type OriginCheck, originCheck, sameHostCheck, takes } from "@hybi/core";

/** Origins such as `https://example.com`, or all of them. */
export type Origins = readonly string[] | "any";

export const originsCheck: OptionCheck = (value, path) => {
  if (value !== "any") takes.texts(value, path);
};

/**
 * The check that a server's `origins` stand for; undefined where all may connect. What refuses says in the answer how a page
 * is let in, for its author, who sees no more than a status otherwise.
 *
 * @throws UsageError `opening/origin`
 */
export function checkOfOrigins(origins: Origins | undefined): OriginCheck | undefined {
  if (origins === "any") return undefined;
  if (origins === undefined) return explained(sameHostCheck(), byDefault);
  return explained(originCheck(origins), unlisted);
}

const byDefault =
  "By default only pages of the host that is asked may connect: the option `origins` of the server lists others, and " +
  'origins: "any" lets all of them in.';

const unlisted = "The option `origins` of the server does not list it.";

function explained(check: OriginCheck, why: string): OriginCheck {
  return (request) => {
    const refused = check(request);
    return refused && { ...refused, message: `${refused.message} ${why}` };
  };
}
