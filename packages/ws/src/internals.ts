/** The names of internals of `ws`, so that programs link which import them; whoever uses one is told what there is instead. */

function absent(name: string, instead: string): Error {
  return new Error(`@hybi/ws has no ${name}, which is internal to ws: ${instead}`);
}

/** In place of the parser of `ws`. */
export class Receiver {
  /** @throws Error always */
  constructor() {
    throw absent("Receiver", "@hybi/core reads frames without a socket, and setSocket takes a stream that is open");
  }
}

/** In place of the encoder of `ws`. There is no `Sender.frame`, which programs look for before they encode a broadcast once. */
export class Sender {
  /** @throws Error always */
  constructor() {
    throw absent("Sender", "@hybi/core writes frames without a socket");
  }
}

/** In place of the extension of `ws`. */
export class PerMessageDeflate {
  /** The name of the extension (RFC 7692 §7). */
  static readonly extensionName = "permessage-deflate";

  /** @throws Error always */
  constructor() {
    throw absent("PerMessageDeflate", "give its options as perMessageDeflate, or take @hybi/permessage-deflate");
  }
}
