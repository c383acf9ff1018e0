/**
 * The opening handshake over `node:http` and `node:https`, with an agent of the application: pools, proxies and tunnels of every
 * kind are agents. Core makes the request and checks the response; this file lets Node send the one and read the other.
 */
import {
  type Agent,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
  request as requestHttp,
} from "node:http";
import { request as requestHttps } from "node:https";
import type { Duplex } from "node:stream";
import { defaultLimits } from "@hybi/core";
import { checkOpeningResponse, openUpgrade, type SentOpening } from "@hybi/core/opening";
import { type AgreedTransport, type ConnectTarget, OpeningError } from "@hybi/websocket";
import { headersObject, responseHead } from "./fields.ts";
import { agentCheck, type TransportOptions } from "./options.ts";
import { bodyOf } from "./response-body.ts";
import { NodeTransport } from "./transport.ts";

/**
 * Sends the opening request through `agent`. `options` are for the connection that the agent may make: of `net.connect`, and for wss of
 * `tls.connect`.
 */
export function openOverAgent(
  target: ConnectTarget,
  agent: NonNullable<TransportOptions["agent"]>,
  options: RequestOptions,
): Promise<AgreedTransport> {
  const { url, opening, signal } = target;
  const { request, sent } = openUpgrade(opening);
  const send = url.secure ? requestHttps : requestHttp;
  const outgoing = send({
    ...options,
    host: url.address,
    port: url.port,
    path: request.target,
    // An object: agents for proxies add fields of their own, or change the path, before the head is sent.
    headers: headersObject(request.fields),
    agent: agentFor(target, agent),
  });
  return answered(outgoing, sent, opening.limits?.rejectionBody ?? defaultLimits.rejectionBody, signal);
}

/**
 * Returns the agent for the URL of `target`.
 *
 * @throws UsageError `option/type`; Error for an agent that was given for another origin
 */
function agentFor({ url, sameOrigin }: ConnectTarget, given: NonNullable<TransportOptions["agent"]>): Agent {
  if (typeof given === "function") {
    const agent: unknown = given(url);
    // A promise is refused; that it rejects as well is then no news.
    if (agent instanceof Promise) agent.catch(() => {});
    agentCheck(agent, "What transportOptions.agent has returned");
    return agent as Agent;
  }
  if (sameOrigin) return given;
  // An agent may hold a certificate, or credentials for a proxy, and to go without it would be to go past that proxy.
  throw new Error(
    `The server redirects to ${url.authority}, and transportOptions.agent is for the origin of the URL: pass a function that ` +
      "returns the agent for each URL.",
  );
}

/** Sends `outgoing`, and resolves with the transport that the server has switched to. */
function answered(
  outgoing: ClientRequest,
  sent: SentOpening,
  bodyLimit: number,
  signal: AbortSignal,
): Promise<AgreedTransport> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => void outgoing.destroy();
    const fail = (error: unknown): void => {
      signal.removeEventListener("abort", giveUp);
      reject(error);
      giveUp();
    };
    const closed = (): void => fail(new Error("The connection was closed before a response arrived."));
    /** `socket` is undefined for a response that Node does not regard as an upgrade. */
    const switched = (response: IncomingMessage, socket?: Duplex, rest?: Uint8Array): void => {
      const check = checkOpeningResponse(responseHead(response), sent);
      if (check.type === "agreement" && socket !== undefined) {
        signal.removeEventListener("abort", giveUp);
        resolve({ transport: new NodeTransport(socket), agreement: check.agreement, rest });
        return;
      }
      socket?.on("error", () => {}).destroy();
      if (check.type === "violation") fail(new OpeningError({ kind: "violation", violation: check.violation }));
      else fail(new Error("The response is not the one of an upgrade."));
    };
    signal.addEventListener("abort", giveUp);
    outgoing
      .on("upgrade", switched)
      // Node passes over other interim responses.
      .on("response", (response) => {
        // Without the fields of an upgrade, which is a violation and no rejection.
        if (response.statusCode === 101) {
          switched(response);
          return;
        }
        // Most servers end a connection whose upgrade they have refused, and a kept one would fail the next request.
        outgoing.shouldKeepAlive = false;
        // The end of the connection, which mostly follows, is the end of this body and no failure.
        outgoing
          .off("close", closed)
          .off("error", fail)
          .on("error", () => {});
        void bodyOf(response, bodyLimit).then((body) =>
          fail(new OpeningError({ kind: "rejected", response: responseHead(response), body })),
        );
      })
      .on("error", fail)
      .on("close", closed)
      .end();
  });
}
