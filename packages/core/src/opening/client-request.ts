/** The client's opening request (RFC 6455 §4.1): its options, its fields, and the data needed to check the response. */
import { equalsIgnoringCase } from "../bytes/ascii.ts";
import { checkOptions, type OptionCheck, type OptionChecks, takes } from "../checks/option-checks.ts";
import { UsageError } from "../checks/usage-error.ts";
import { parseAuthority } from "../http/authority.ts";
import { type Cookie, formatCookies } from "../http/cookies.ts";
import { userinfoAuthorization } from "../http/credentials.ts";
import { type FieldLine, type Fields, firstFieldValue } from "../http/fields.ts";
import { isToken } from "../http/grammar.ts";
import type { RequestHead } from "../http/head.ts";
import { clientAliases } from "../sentences/loaded.ts";
import { type Extension, extensionsCheck } from "../vocabulary/extension.ts";
import { settingChecks } from "../vocabulary/setting-checks.ts";
import { formatExtensions } from "./extension-header.ts";
import { offerExtensions } from "./negotiation.ts";
import { protocolVersion } from "./request-fields.ts";
import { assertApplicationFields } from "./reserved-fields.ts";
import { parseWebSocketUrl, type WebSocketUrl } from "./url.ts";

/** Options of an opening request. The target is `url`, or its parts; each part overrides that of the URL. */
export interface OpeningOptions {
  /**
   * A ws, wss, http or https URI without a fragment, as text or as `parseWebSocketUrl` returns it. Its userinfo is sent as
   * Authorization.
   */
  readonly url?: string | OpeningTarget | undefined;
  /** Host and port for the Host field. Required without `url`. */
  readonly authority?: string | undefined;
  /** Path and query. Defaults to `/` without `url`. */
  readonly resourceName?: string | undefined;
  /** Whether the transport uses TLS; determines `:scheme` of an Extended CONNECT. Defaults to false without `url`. */
  readonly secure?: boolean | undefined;
  /** Subprotocols to offer, in order of preference: unique tokens (RFC 6455 §4.1 step 10). */
  readonly subprotocols?: readonly string[] | undefined;
  /** Whether to fail the connection when the server chooses none of the offered subprotocols. Browsers do; RFC 6455 does not. */
  readonly requireSubprotocol?: boolean | undefined;
  /** Extensions to offer, in order of preference. */
  readonly extensions?: readonly Extension[] | undefined;
  /** The serialized origin of the connecting script. Only browsers and similar clients have one (RFC 6455 §4.1 step 8). */
  readonly origin?: string | undefined;
  readonly cookies?: readonly Cookie[] | undefined;
  /** Additional fields, such as Authorization or User-Agent. */
  readonly fields?: Fields | undefined;
}

/** The target of an opening request; a `WebSocketUrl` is one. */
export type OpeningTarget = Pick<WebSocketUrl, "secure" | "authority" | "resourceName" | "userinfo">;

const urlCheck: OptionCheck = takes.only(
  "a string, or a WebSocketUrl",
  (value) => typeof value === "string" || (typeof value === "object" && value !== null && "authority" in value),
);

/** The checks of `OpeningOptions`. */
export const openingChecks: OptionChecks<OpeningOptions> = {
  url: urlCheck,
  authority: takes.text,
  resourceName: takes.text,
  secure: takes.boolean,
  subprotocols: takes.texts,
  requireSubprotocol: takes.boolean,
  extensions: extensionsCheck,
  origin: takes.text,
  cookies: takes.cookies,
  fields: takes.fields,
};

const clientChecks = { ...openingChecks, ...settingChecks };

/**
 * Validates the options of a client, both for its opening request and for its connection.
 *
 * @throws UsageError `option/unknown`, `option/type`, `option/range`
 */
export function checkClientOptions(options: OpeningOptions): void {
  checkOptions("a client", options, clientChecks, clientAliases);
}

/** The parts of the request that are needed to check the response. */
export interface SentOpening {
  /** Undefined for an Extended CONNECT. */
  readonly key: string | undefined;
  readonly subprotocols: readonly string[];
  readonly requireSubprotocol: boolean;
  readonly extensions: readonly Extension[];
}

/** What a client asks for, independent of the target. Frozen. */
export interface OpeningTerms {
  /** Those common to HTTP/1.1 Upgrade and Extended CONNECT. */
  readonly fields: Fields;
  readonly subprotocols: readonly string[];
  readonly requireSubprotocol: boolean;
  readonly extensions: readonly Extension[];
}

/** What a client asks for, and of which target. */
export interface PreparedOpening extends OpeningTerms {
  readonly authority: string;
  readonly resourceName: string;
  readonly secure: boolean;
}

/** Builds the head of the opening request with the nonce `key` (RFC 6455 §4.1 steps 1 to 12). */
export function openingRequestHead(prepared: PreparedOpening, key: string): RequestHead {
  const fields: Fields = [
    ["Host", prepared.authority],
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Key", key],
    ...prepared.fields,
  ];
  return { method: "GET", target: prepared.resourceName, minorVersion: 1, fields };
}

/** Validates `options` and derives the target and the fields. @throws UsageError for values that cannot be sent */
export function prepareOpening(options: OpeningOptions): PreparedOpening {
  return joinOpening(openingTerms(options), openingTarget(options));
}

/** Validates the target of `options`. @throws UsageError `opening/url`, `opening/authority`, `opening/resource-name` */
export function openingTarget(options: OpeningOptions): OpeningTarget {
  const url = typeof options.url === "string" ? parseWebSocketUrl(options.url) : options.url;
  const authority = options.authority ?? url?.authority;
  if (typeof authority !== "string" || parseAuthority(authority) === undefined)
    throw new UsageError("opening/authority");
  const resourceName = options.resourceName ?? url?.resourceName ?? "/";
  if (!/^\/[\x21\x22\x24-\x7e]*$/.test(resourceName)) throw new UsageError("opening/resource-name");
  return { secure: options.secure ?? url?.secure ?? false, authority, resourceName, userinfo: url?.userinfo };
}

/** Validates all `options` except the target. @throws UsageError for values that cannot be sent */
export function openingTerms(options: OpeningOptions): OpeningTerms {
  // Copies: the application may change its lists later, which must not change what was checked.
  const subprotocols = checkSubprotocols(Object.freeze([...(options.subprotocols ?? [])]));
  const extensions = Object.freeze([...(options.extensions ?? [])]);
  const fields: FieldLine[] = [["Sec-WebSocket-Version", protocolVersion]];
  if (subprotocols.length > 0) fields.push(["Sec-WebSocket-Protocol", subprotocols.join(", ")]);
  const offers = offerExtensions(extensions);
  if (offers.length > 0) fields.push(["Sec-WebSocket-Extensions", formatExtensions(offers)]);
  fields.push(...applicationFields(options));
  const requireSubprotocol = options.requireSubprotocol ?? false;
  return Object.freeze({ fields: Object.freeze(fields), subprotocols, requireSubprotocol, extensions });
}

/** Returns the request for `target` on these terms. */
export function joinOpening(terms: OpeningTerms, target: OpeningTarget): PreparedOpening {
  // Each property is named: spreading them here and in `ClientHandshake` costs each opening of a client 400 bytes.
  return {
    fields: targetFields(terms.fields, target.userinfo),
    subprotocols: terms.subprotocols,
    requireSubprotocol: terms.requireSubprotocol,
    extensions: terms.extensions,
    authority: target.authority,
    resourceName: target.resourceName,
    secure: target.secure,
  };
}

/** Returns `fields`, with the authorization that `userinfo` of the URL stands for. */
function targetFields(fields: Fields, userinfo: string | undefined): Fields {
  // RFC 3986 §3.2.1: userinfo is for authorization. An explicit Authorization field takes precedence.
  if (userinfo === undefined || firstFieldValue(fields, "authorization") !== undefined) return fields;
  return [...fields, ["Authorization", userinfoAuthorization(userinfo)]];
}

/** RFC 6455 §4.1 step 10: subprotocols are tokens and MUST be unique. */
function checkSubprotocols(subprotocols: readonly string[]): readonly string[] {
  for (const subprotocol of subprotocols) {
    if (!isToken(subprotocol)) throw new UsageError("opening/subprotocol", `It was ${JSON.stringify(subprotocol)}.`);
  }
  if (new Set(subprotocols).size < subprotocols.length) throw new UsageError("opening/subprotocol-repeated");
  return subprotocols;
}

/** Returns the application's fields, including those passed as separate options: Origin, Cookie. */
function applicationFields(options: OpeningOptions): FieldLine[] {
  const fields: FieldLine[] = [];
  if (options.origin !== undefined) fields.push(["Origin", options.origin]);
  if (options.cookies !== undefined && options.cookies.length > 0)
    fields.push(["Cookie", formatCookies(options.cookies)]);
  const given = options.fields ?? [];
  for (const [name] of fields) {
    if (given.some((field) => equalsIgnoringCase(field[0], name.toLowerCase()))) {
      throw new UsageError("opening/field-repeated", `The field was ${name}.`);
    }
  }
  for (const [name, value] of given) fields.push([name, value]);
  assertApplicationFields(fields);
  return fields;
}
