/**
 * The client's opening request as an Upgrade over HTTP/1.1 (RFC 6455 §4.1): its head, and the data needed to check the response.
 * `ClientHandshake` sends it as bytes; a program whose HTTP client does the I/O sends the head in its own way.
 */
import { ClientConfig, type ClientHandshakeOptions } from "../config/client-config.ts";
import type { RequestHead } from "../http/head.ts";
import { joinOpening, type OpeningTarget, openingRequestHead, type SentOpening } from "./client-request.ts";
import { createKey } from "./key.ts";

/** The head of the request, and the data needed to check the response. */
export interface UpgradeOpening {
  readonly request: RequestHead;
  readonly sent: SentOpening;
}

/**
 * Builds the request that opens a WebSocket connection over HTTP/1.1, with a fresh key, for a program whose HTTP client sends it:
 * `http.request` with an agent, undici, a proxy client. Pass the response to `checkOpeningResponse`, with `sent`; the bytes behind its
 * head are the first of the connection. Each request is for one connection: a key must not be used again (RFC 6455 §4.1 step 7).
 *
 * `url` is for a configuration only.
 *
 * @throws UsageError for invalid options, as `ClientHandshake`
 * @example
 * const { request, sent } = openUpgrade({ url: "ws://example.com/chat", random });
 * const response = await sendByOtherMeans(request);
 * const check = checkOpeningResponse(response.head, sent);
 * if (check.type === "agreement") react(check.agreement, response.rest);
 */
export function openUpgrade(
  options: ClientHandshakeOptions | ClientConfig,
  url?: string | OpeningTarget,
): UpgradeOpening {
  const { config, target } = ClientConfig.withTarget(options, url);
  return upgradeOpening(config, target);
}

/** Like `openUpgrade`, with resolved options. */
export function upgradeOpening(config: ClientConfig, target: OpeningTarget): UpgradeOpening {
  const prepared = joinOpening(config.terms, target);
  const key = createKey(config.random);
  const { subprotocols, requireSubprotocol, extensions } = prepared;
  return {
    request: openingRequestHead(prepared, key),
    sent: { key, subprotocols, requireSubprotocol, extensions },
  };
}
