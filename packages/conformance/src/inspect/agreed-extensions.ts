/** Parses the extensions that a response agrees to. Lenient, because the input may be faulty (RFC 6455 §9.1). */
import type { AgreedExtension, ExtensionParameter } from "@hybi/core";

/** Returns the extensions in the Sec-WebSocket-Extensions fields of `head`, as far as they are usable. */
export function agreedExtensions(head: string): readonly AgreedExtension[] {
  const values = [...head.matchAll(/^sec-websocket-extensions:(.*)$/gim)].map(([, value]) => value ?? "");
  return values.flatMap((value) => value.split(",").map(parseExtension)).filter(isUsable);
}

function parseExtension(text: string): AgreedExtension {
  const [name = "", ...parameters] = text.split(";").map((part) => part.trim());
  return { name, parameters: parameters.map(parseParameter) };
}

function parseParameter(text: string): ExtensionParameter {
  const [name = "", value] = text.split("=").map((part) => part.trim());
  return [name, value?.replace(/^"(.*)"$/, "$1")];
}

const flags = ["server_no_context_takeover", "client_no_context_takeover"];
const windows = ["server_max_window_bits", "client_max_window_bits"];

/** Whether permessage-deflate can be configured with the parameters (RFC 7692 §7.1). */
function isUsable({ name, parameters }: AgreedExtension): boolean {
  return (
    name === "permessage-deflate" &&
    parameters.every(([key, value]) =>
      value === undefined ? flags.includes(key) : windows.includes(key) && /^([89]|1[0-5])$/.test(value),
    ) &&
    new Set(parameters.map(([key]) => key)).size === parameters.length
  );
}
