/** Formats the `extensions` attribute (WHATWG WebSockets §3.1): the extensions in use, as the response lists them. */
import type { Agreement } from "@hybi/core";

export function formatExtensions({ extensions }: Pick<Agreement, "extensions">): string {
  return extensions
    .map(({ name, parameters }) =>
      [name, ...parameters.map(([key, value]) => (value === undefined ? key : `${key}=${value}`))].join("; "),
    )
    .join(", ");
}
