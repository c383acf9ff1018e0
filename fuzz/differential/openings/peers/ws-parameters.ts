/** The extensions of a `ws` connection in the form of a verdict; the declared types lack them. */
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
