/** `subprotocol` of `ws`: Sec-WebSocket-Protocol of a request as a set (RFC 6455 §4.1 step 10). */

/** @throws SyntaxError when `header` is no list of unique tokens */
function parse(header: string): Set<string> {
  const protocols = new Set<string>();
  for (const part of header.split(",")) {
    // Anchored on both sides: linear, whatever a peer writes between commas.
    const protocol = /^[ \t]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*$/.exec(part)?.[1];
    if (protocol === undefined) throw new SyntaxError("Unexpected character or end of input");
    if (protocols.has(protocol)) throw new SyntaxError(`The "${protocol}" subprotocol is duplicated`);
    protocols.add(protocol);
  }
  return protocols;
}

/** Parses Sec-WebSocket-Protocol. */
export const subprotocol: { readonly parse: (header: string) => Set<string> } = { parse };
