/** What became of an opening handshake, in the form that is compared. */
import type { Agreement } from "@hybi/core";

/** A connection that is open: on which terms, and how many bytes of the stream are behind the head. */
export function opened(terms: Pick<Agreement, "subprotocol" | "extensions">, rest: number): readonly string[] {
  const extensions = terms.extensions.map(({ name, parameters }) =>
    [
      name,
      ...parameters.map(([parameter, value]) => (value === undefined ? parameter : `${parameter}=${value}`)).sort(),
    ].join("; "),
  );
  return openedAs(terms.subprotocol, extensions.join(", "), rest);
}

/** The same, of those who have their terms in other forms. */
export const openedAs = (subprotocol: string | undefined, extensions: string, rest: number): readonly string[] => [
  `subprotocol ${subprotocol ?? ""}`,
  `extensions ${extensions}`,
  `rest ${rest}`,
];

/** An event for peers whose parameters cannot be compared: what they do not tell, or choose for themselves. */
export const withoutParameters = (event: string): string => event.replace(/;[^,]*/g, "");
