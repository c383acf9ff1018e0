/** What a client keeps of the response that has opened its connection: the part that the agreement does not say. */
import { equalsIgnoringCase } from "../bytes/ascii.ts";
import type { FieldLine, Fields } from "../http/fields.ts";
import type { ResponseHead } from "../http/head.ts";
import type { Agreement } from "../vocabulary/agreement.ts";

/** The agreement of a client, with the response that the server has sent with it. */
export interface ClientAgreement extends Agreement {
  /**
   * The response that opened the connection: 101, or any 2xx to an Extended CONNECT, with what the server has added, such as
   * Set-Cookie. Upgrade, Connection and Sec-WebSocket-Accept, -Protocol and -Extensions are not among its fields: they have been
   * checked, and the agreement says what came of them. Most responses have no others, and share one object.
   */
  readonly response: ResponseHead;
}

/** Those with which a server opens the connection (RFC 6455 §4.2.2 step 5). */
const openingFields: readonly string[] = [
  ...["upgrade", "connection"],
  ...["sec-websocket-accept", "sec-websocket-protocol", "sec-websocket-extensions"],
];

const noFields: Fields = Object.freeze([]);

/** The response of most servers: kept for every connection of a client, each field would cost 144 bytes. */
const usualResponse: ResponseHead = Object.freeze({
  status: 101,
  reasonPhrase: "Switching Protocols",
  minorVersion: 1,
  fields: noFields,
});

/** Returns `head` without the fields of the opening handshake itself. */
export function keptResponse({ status, reasonPhrase, minorVersion, fields }: ResponseHead): ResponseHead {
  const others = otherFields(fields);
  const isUsual =
    others === noFields &&
    status === usualResponse.status &&
    reasonPhrase === usualResponse.reasonPhrase &&
    minorVersion === 1;
  return isUsual ? usualResponse : { status, reasonPhrase, minorVersion, fields: others };
}

function otherFields(fields: Fields): Fields {
  let others: FieldLine[] | undefined;
  // An index loop, as in `fieldValues`: this is a part of each opening.
  for (let at = 0; at < fields.length; at++) {
    const line = fields[at]!;
    if (isOpeningField(line[0])) continue;
    others ??= [];
    others.push(line);
  }
  return others ?? noFields;
}

function isOpeningField(name: string): boolean {
  for (let at = 0; at < openingFields.length; at++) if (equalsIgnoringCase(name, openingFields[at]!)) return true;
  return false;
}
