/** What an opening makes of a client's options: resolved once, for one socket or for all sockets of a class. */
import { ClientConfig, type ClientConfigOptions, DeadlineConfig } from "@hybi/core";
import { randomOf } from "./random-source.ts";
import type { ClientSocketOptions } from "./socket-options.ts";

export interface ClientSetup {
  /** What the opening request asks for. */
  readonly asked: ClientConfigOptions;
  readonly config: ClientConfig;
  readonly deadlines: DeadlineConfig;
}

/** Options of a class of sockets, whose sockets without options of their own share what is made of them. */
export class ClassOptions {
  /** Made for the first such socket: a runtime without randomness may have the class, but no sockets. */
  #setup: ClientSetup | undefined;

  private constructor(options: ClientSocketOptions) {
    Object.assign(this, options);
  }

  static of(options: ClientSocketOptions): ClientSocketOptions {
    return new ClassOptions(options) as ClientSocketOptions;
  }

  /** @throws UsageError for options that cannot be sent, and `option/range` */
  static setupOf(options: ClientSocketOptions): ClientSetup {
    if (!(options instanceof ClassOptions)) return createSetup(options);
    options.#setup ??= createSetup(options);
    return options.#setup;
  }
}

function createSetup(options: ClientSocketOptions): ClientSetup {
  const {
    protocols = [],
    extensions,
    origin,
    cookies,
    fields,
    limits,
    tolerate,
    autoPong,
    echoReason,
    runtime = {},
  } = options;
  const subprotocols = typeof protocols === "string" ? [protocols] : protocols;
  const { fragmentSize, native } = runtime;
  const request = { subprotocols, requireSubprotocol: true, extensions, origin, cookies, fields };
  const asked = {
    ...request,
    random: randomOf(runtime.random),
    limits,
    tolerate,
    autoPong,
    echoReason,
    fragmentSize,
    native,
  };
  return { asked, config: ClientConfig.of(asked), deadlines: DeadlineConfig.of(options.deadlines) };
}
