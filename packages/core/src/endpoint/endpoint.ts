/** Endpoints of both roles under one name. A program that is bundled imports the function of its role in place of it. */
import { createClientEndpoint } from "./client-endpoint.ts";
import { createOpenEndpoint, type EndpointCore } from "./endpoint-core.ts";
import { createServerEndpoint } from "./server-endpoint.ts";

/** An endpoint of either role. */
export type Endpoint = EndpointCore;

/** Creates endpoints of either role, and brings the opening handshakes of both along. */
export const Endpoint: {
  /** The same as `createClientEndpoint`. */
  readonly client: typeof createClientEndpoint;
  /** The same as `createServerEndpoint`. */
  readonly server: typeof createServerEndpoint;
  /** The same as `createOpenEndpoint`. */
  readonly fromAgreement: typeof createOpenEndpoint;
} = {
  client: createClientEndpoint,
  server: createServerEndpoint,
  fromAgreement: createOpenEndpoint,
};
