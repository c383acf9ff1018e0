/** Sec-WebSocket-Extensions (RFC 6455 §9.1, RFC 7692 §7.1): each line of an input is a line of the field. */
import { permessageDeflate } from "@hybi/permessage-deflate";
import { formatExtensions, parseExtensions } from "../../../packages/core/src/opening/extension-header.ts";
import { checkResponse } from "../../../packages/permessage-deflate/src/negotiation.ts";
import { parseParameters } from "../../../packages/permessage-deflate/src/parameters.ts";
import { law, sameLaw, type Target } from "../target.ts";

/** Servers with different settings. */
const servers = [
  permessageDeflate(),
  permessageDeflate({ serverNoContextTakeover: true, clientNoContextTakeover: true }),
  permessageDeflate({ serverMaxWindowBits: 10, clientMaxWindowBits: 11 }),
  permessageDeflate({ clientMaxWindowBits: false }),
];

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

export const target: Target = {
  maxLength: 300,
  work: { perByte: 60, fixed: 2000 },
  seeds: [
    "permessage-deflate",
    "permessage-deflate; client_max_window_bits; server_max_window_bits=10",
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
    'permessage-deflate; client_max_window_bits="12", permessage-deflate',
    'a; b="c\\d" ,, x\ny;z',
  ].map((text) => Buffer.from(text, "latin1")),

  run(bytes: Uint8Array): void {
    const lines = Buffer.from(bytes).toString("latin1").split("\n");
    const extensions = parseExtensions(lines);
    // RFC 6455 §9.1: the lines form one list. No text split by a comma is well-formed on both sides of it.
    sameLaw(parseExtensions([lines.join(", ")]), extensions, "in one line and in several");
    if (extensions === undefined) return;
    for (const { name, parameters } of extensions) {
      const parts = [name, ...parameters.flat()].filter((part) => part !== undefined);
      law(
        parts.every((part) => token.test(part)),
        `not all are tokens: ${JSON.stringify(parts)}`,
      );
    }
    sameLaw(parseExtensions([formatExtensions(extensions)]), extensions, "formatted and parsed again");

    for (const { name, parameters } of extensions) {
      if (name !== "permessage-deflate") continue;
      const offer = parseParameters(parameters, "offer");
      for (const server of servers) {
        const answer = server.answer(parameters);
        if (answer === undefined) continue;
        law(typeof offer !== "string", `an offer was accepted although ${offer}`);
        const reason = checkResponse(answer, [offer]);
        law(reason === undefined, `the client rejects the response ${JSON.stringify(answer)}: ${reason}`);
        for (const role of ["client", "server"] as const) server.createTransform(role, answer).release();
      }
    }
  },
};
