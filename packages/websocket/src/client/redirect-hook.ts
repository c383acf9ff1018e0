/** The application's say in a redirect that a client would follow: the option `onRedirect`. */
import { UsageError } from "@hybi/core";
import { type Fields, formatWebSocketUrl, type ResponseHead, type WebSocketUrl } from "@hybi/core/opening";
import { checkOptions, type OptionChecks, takes } from "@hybi/core/options";
import type { RedirectDecision } from "@hybi/core/policy";
import { type Reporter, reportRejection } from "../event-loop/reporter.ts";

/** A redirect that a client is about to follow. */
export interface Redirect {
  /** The URL that has redirected, and the one that is next; both without user name and password. */
  readonly from: string;
  readonly to: string;
  /** Whether the two have the same scheme, host and port. */
  readonly sameOrigin: boolean;
  /** The response that redirects. */
  readonly response: ResponseHead;
  /** The application's fields in the next request. To another origin, Authorization, Cookie and Proxy-Authorization are not among them. */
  readonly fields: Fields;
}

/** What to change in the next request. */
export interface RedirectChange {
  /**
   * The application's fields, in place of those that the redirect leaves. They are sent as they are, credentials included, and in
   * the requests of further redirects within that origin.
   */
  readonly fields?: Fields | undefined;
}

/** Returns false to refuse the redirect, a change to make in the next request, or nothing to follow it as it is. */
export type OnRedirect = (redirect: Redirect) => RedirectChange | boolean | undefined;

const changeChecks: OptionChecks<RedirectChange> = { fields: takes.fields };

type Followed = Extract<RedirectDecision, { type: "follow" }>;

/**
 * Asks the application about the redirect from `from` that `decision` would follow. Returns the fields of the next request, or
 * undefined if it is refused. `report` is told of a promise that rejects.
 *
 * @throws what the application throws; UsageError `option/type` for another result
 */
export function askAboutRedirect(
  onRedirect: OnRedirect | undefined,
  from: WebSocketUrl,
  response: ResponseHead,
  { url, fields, sameOrigin }: Followed,
  report: Reporter,
): Fields | undefined {
  if (onRedirect === undefined) return fields;
  const answer: unknown = onRedirect({ from: shown(from), to: shown(url), sameOrigin, response, fields });
  if (answer === undefined || answer === true) return fields;
  if (answer === false) return undefined;
  if (typeof answer !== "object" || answer === null || "then" in answer) {
    // The promise may reject, too.
    reportRejection(answer, report);
    throw new UsageError("option/type", "onRedirect returns false, { fields } or nothing, and no promise.");
  }
  checkOptions("what onRedirect returns", answer as RedirectChange, changeChecks, { headers: "fields" });
  return (answer as RedirectChange).fields ?? fields;
}

function shown(url: WebSocketUrl): string {
  return formatWebSocketUrl({ ...url, userinfo: undefined });
}
