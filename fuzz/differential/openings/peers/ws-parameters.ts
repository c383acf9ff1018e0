/** The extensions of a connection of `ws`, as a verdict has them; the declared types leave them out. */
import type { WebSocket } from "ws";

export function extensionsOf(open: WebSocket): string {
  const { _extensions } = open as unknown as {
    readonly _extensions: Readonly<Record<string, { readonly params: Record<string, unknown> }>>;
  };
  return Object.entries(_extensions)
    .map(([name, { params }]) =>
      [
        name,
        ...Object.entries(params)
          .map(([key, value]) => (value === true ? key : `${key}=${value}`))
          .sort(),
      ].join("; "),
    )
    .join(", ");
}
