/**
 * The tester's side of an opening handshake: as the client of a server under test, or as the server of a client under
 * test.
 */

import {
  type Agreement,
  type Extension,
  type HandshakeEvent,
  plainAgreement,
  type Role,
  type Violation,
} from "@hybi/core";
import { ClientHandshake, type Fields, type ServerHandshake } from "@hybi/core/opening";
import { concatBytes } from "@hybi/testing/wire";
import type { OpeningPlan } from "../case.ts";
import { anyDeflate, wishedDeflate } from "./deflate.ts";

/** The outcome of the opening handshake. */
export type OpeningObserved =
  | {
      readonly type: "open";
      readonly agreement: Agreement;
      readonly extensions: readonly string[];
      /** Bytes that arrived after the handshake. */
      readonly rest: Uint8Array;
    }
  | { readonly type: "refused"; readonly status: number; readonly fields: Fields }
  /** `switched`: whether the server switched protocols in spite of the violation. */
  | { readonly type: "violation"; readonly violation: Violation; readonly switched: boolean };

export interface Opening {
  /** The role of the tester. */
  readonly role: Role;
  /** The first bytes that the tester sends. */
  readonly head: Uint8Array;
  /** The extension that compresses the tester's messages. */
  readonly deflate: Extension | undefined;
  /** The extensions to decode with. */
  readonly extensions: readonly Extension[];
  /** Already known if the tester is the server, because it decides the outcome itself. */
  readonly observed: OpeningObserved | undefined;
  /** Processes bytes of the response; returns the outcome once it is known. */
  receive(bytes: Uint8Array): OpeningObserved | undefined;
  /** The transport ended before the outcome was known. */
  receiveEnd(): OpeningObserved | undefined;
}

/** The address of a server under test. */
export interface Target {
  readonly url: string;
}

/** Opens a connection as a client. */
export function openAsClient(plan: OpeningPlan, { url }: Target): Opening {
  const deflate = plan.deflate === undefined ? undefined : wishedDeflate(plan.deflate);
  // Header lines written by a case may offer any extension.
  const extensions = plan.lines !== undefined ? [anyDeflate()] : deflate === undefined ? [] : [deflate];
  const handshake = new ClientHandshake({
    url,
    random: (target) => crypto.getRandomValues(target),
    extensions,
    subprotocols: plan.subprotocols ?? [],
  });
  const request = concatBytes(handshake.takeOutput());
  let begin = "";
  return {
    role: "client",
    head: plan.lines === undefined ? request : fillRequest(plan.lines, asText(request)),
    deflate: deflate ?? (plan.lines === undefined ? undefined : extensions[0]),
    extensions,
    observed: undefined,
    receive: (bytes) => {
      if (begin.length < 100) begin += asText(bytes);
      return observe(handshake.receive(bytes), /(^|\n)HTTP\/1\.\d 101/.test(begin));
    },
    // A response without a length ends with the transport.
    receiveEnd: () => (begin === "" ? undefined : observe(handshake.receiveEnd(), false)),
  };
}

/** Responds, as a server, to the request that `handshake` has received. */
export function openAsServer(plan: OpeningPlan, handshake: ServerHandshake): Opening {
  const deflate = plan.deflate === undefined ? undefined : wishedDeflate(plan.deflate);
  const extensions = deflate === undefined ? [] : [deflate];
  const [event] = handshake.accept({
    extensions,
    subprotocol: plan.lines === undefined ? plan.subprotocols?.[0] : undefined,
  });
  const response = concatBytes(handshake.takeOutput());
  return {
    role: "server",
    head: plan.lines === undefined ? response : fillResponse(plan.lines, asText(response)),
    deflate,
    extensions,
    observed: plan.lines === undefined ? observe(event === undefined ? [] : [event], true) : openPlain(event),
    receive: () => undefined,
    receiveEnd: () => undefined,
  };
}

/** A response written by the case agrees to nothing; only the roles are known. */
function openPlain(event: HandshakeEvent | undefined): OpeningObserved {
  const rest = event?.type === "open" ? event.rest : new Uint8Array(0);
  return { type: "open", agreement: plainAgreement("server"), extensions: [], rest };
}

function observe([event]: readonly HandshakeEvent[], switched: boolean): OpeningObserved | undefined {
  if (event === undefined) return undefined;
  switch (event.type) {
    case "open":
      return { ...event, extensions: event.agreement.extensions.map(formatExtension) };
    case "rejection":
      return { type: "refused", status: event.response.status, fields: event.response.fields };
    case "failure":
      return { type: "violation", violation: event.violation, switched };
    case "request":
      return undefined;
  }
}

/** Formats an extension as in Sec-WebSocket-Extensions. */
export function formatExtension({ name, parameters }: Agreement["extensions"][number]): string {
  return [name, ...parameters.map(([key, value]) => (value === undefined ? key : `${key}=${value}`))].join("; ");
}

function fillRequest(lines: readonly string[], request: string): Uint8Array {
  const { host, "sec-websocket-key": key } = fieldsOf(request);
  const [, path] = request.split(" ");
  return fromLines(lines, { path, host, key });
}

function fillResponse(lines: readonly string[], response: string): Uint8Array {
  return fromLines(lines, { accept: fieldsOf(response)["sec-websocket-accept"] });
}

function fromLines(lines: readonly string[], values: Readonly<Record<string, string | undefined>>): Uint8Array {
  const text = lines.map((line) => fill(line, values)).join("");
  // One byte per char: lines may contain bytes that are not valid text.
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** Replaces `{name}` with a value, and `{x*1000}` with a thousand times x. */
function fill(line: string, values: Readonly<Record<string, string | undefined>>): string {
  return line.replace(/\{(\w+)(?:\*(\d+))?\}/g, (whole, name, times) =>
    times === undefined ? (values[name] ?? whole) : name.repeat(Number(times)),
  );
}

function fieldsOf(head: string): Record<string, string> {
  const lines = head.split("\r\n").slice(1);
  return Object.fromEntries(
    lines.flatMap((line) => {
      const [, name, value] = /^([^:]+): (.*)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name.toLowerCase(), value ?? ""]];
    }),
  );
}

function asText(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}
