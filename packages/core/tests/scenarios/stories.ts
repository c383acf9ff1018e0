/** Common setup of the scenarios: a conforming client and server, and a filter for their events. */
import { type ClientEndpointOptions, Endpoint, type EndpointEvent, type ServerEndpointOptions } from "@hybi/core";
import { type PartyOptions, Simulation, sampleRandom } from "@hybi/testing";

type Ends = Simulation<Endpoint, Endpoint>;

/** Deviations from the defaults. */
export interface EndpointStory {
  readonly client?: Partial<PartyOptions<Endpoint>> & { readonly options?: Partial<ClientEndpointOptions> };
  readonly server?: Partial<PartyOptions<Endpoint>> & { readonly options?: ServerEndpointOptions };
}

/** A client and a server that accepts at once. Nothing has been exchanged yet. */
export function endpoints({ client = {}, server = {} }: EndpointStory = {}): Ends {
  return new Simulation({
    first: {
      ...client,
      subject: Endpoint.client({ url: "ws://example.com/chat", random: sampleRandom(), ...client.options }),
    },
    second: {
      ...server,
      subject: Endpoint.server(server.options),
      react: (event, endpoint) => {
        if (event.type === "request") return endpoint.accept();
        return server.react?.(event, endpoint);
      },
    },
  });
}

/** The same, after the opening handshake. */
export function openEndpoints(story: EndpointStory = {}, milliseconds = 1000): Ends {
  const simulation = endpoints(story);
  simulation.run(milliseconds);
  return simulation;
}

/** The events after the opening handshake. */
export function afterOpening(events: readonly EndpointEvent[]): readonly EndpointEvent[] {
  return events.slice(events.findIndex(({ type }) => type === "open") + 1);
}
