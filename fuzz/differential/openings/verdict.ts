/** The result of an opening handshake, in a comparable form. */
import type { Agreement } from "@hybi/core";

/** Events of an open connection: its terms, and how many bytes of the stream follow the head. */
export function openEvents(terms: Pick<Agreement, "subprotocol" | "extensions">, rest: number): readonly string[] {
  const extensions = terms.extensions.map(({ name, parameters }) =>
    [
      name,
      ...parameters.map(([parameter, value]) => (value === undefined ? parameter : `${parameter}=${value}`)).sort(),
    ].join("; "),
  );
  return openEventsOf(terms.subprotocol, extensions.join(", "), rest);
}

/** The same, for peers whose terms have other forms. */
export const openEventsOf = (subprotocol: string | undefined, extensions: string, rest: number): readonly string[] => [
  `subprotocol ${subprotocol ?? ""}`,
  `extensions ${extensions}`,
  `rest ${rest}`,
];

/** Removes parameters from an event, for peers whose parameters are not reported, or differ by choice. */
export const withoutParameters = (event: string): string => event.replace(/;[^,]*/g, "");
