/** A server's endpoint. */
import { ServerConfig, type ServerEndpointOptions } from "../config/server-config.ts";
import { ServerHandshake } from "../opening/server-handshake.ts";
import { beginOpening, type EndpointCore } from "./endpoint-core.ts";

/**
 * Creates the endpoint of a server, which waits for an opening request. A program that accepts many connections makes one
 * `ServerConfig` of its options.
 *
 * @throws UsageError for options that are out of range
 */
export function createServerEndpoint(options?: ServerEndpointOptions | ServerConfig): EndpointCore {
  const config = ServerConfig.of(options);
  return beginOpening(config, new ServerHandshake(config));
}
