/** A client's endpoint. */
import { ClientConfig, type ClientEndpointOptions } from "../config/client-config.ts";
import { ClientHandshake } from "../opening/client-handshake.ts";
import type { OpeningTarget } from "../opening/client-request.ts";
import { beginOpening, type EndpointCore } from "./endpoint-core.ts";

/**
 * Creates the endpoint of a client. Its opening request is output at once. A program that opens many connections makes one
 * `ClientConfig` of its options, and passes the URL beside it.
 *
 * @throws UsageError for options that are out of range or cannot be sent
 */
export function createClientEndpoint(options: ClientEndpointOptions): EndpointCore;
export function createClientEndpoint(config: ClientConfig, url: string | OpeningTarget): EndpointCore;
export function createClientEndpoint(
  options: ClientEndpointOptions | ClientConfig,
  url?: string | OpeningTarget,
): EndpointCore {
  const { config, target } = ClientConfig.withTarget(options, url);
  return beginOpening(config, new ClientHandshake(config, target));
}
