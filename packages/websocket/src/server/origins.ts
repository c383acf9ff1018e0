/** Checks which origins' pages may connect to a server (RFC 6455 §10.2): by default those of the host that the request names. */

import { type OptionCheck, takes } from "@hybi/core/options";
import { type OriginCheck, originCheck, sameHostCheck } from "@hybi/core/policy";

/** Origins such as `https://example.com`, or `"any"` for all. */
export type Origins = readonly string[] | "any";

export const originsCheck: OptionCheck = (value, path) => {
  if (value !== "any") takes.texts(value, path);
};

/**
 * Returns the check for a server's option `origins`; undefined if pages of all origins may connect. The response to a rejected
 * page says how to allow it: otherwise the author of the page would see no more than a status.
 *
 * @throws UsageError `opening/origin`
 */
export function checkOfOrigins(origins: Origins | undefined): OriginCheck | undefined {
  if (origins === "any") return undefined;
  if (origins === undefined) return explained(sameHostCheck(), byDefault);
  return explained(originCheck(origins), unlisted);
}

const byDefault =
  "By default only pages of the requested host may connect: list others in the option `origins` of the server, or set " +
  'origins: "any" to allow all.';

const unlisted = "The option `origins` of the server does not list it.";

function explained(check: OriginCheck, why: string): OriginCheck {
  return (request) => {
    const refused = check(request);
    return refused && { ...refused, message: `${refused.message} ${why}` };
  };
}
