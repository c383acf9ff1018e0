/** The kinds of differences in reading heads: a peer accepts what hybi rejects, or the other way round. */
import type { ConnectionOptions, ViolationCode } from "@hybi/core";
import type { Difference, Disagreement } from "../../peer.ts";
import type { Stream } from "../../stream.ts";
import * as head from "../head-edit.ts";

/** A difference without the name of its peer. */
export type Kind = (peer: string) => Difference;

/** The peer accepts what hybi rejects with one of `codes`. Once that is corrected, hybi's verdict equals the peer's. */
export function accepts(
  what: string,
  section: string,
  codes: readonly ViolationCode[],
  changed: (disagreement: Disagreement) => Stream,
  when: (disagreement: Disagreement) => boolean = () => true,
): Kind {
  return (peer) => ({
    name: `${peer} accepts ${what}`,
    section,
    applies: (disagreement) =>
      disagreement.theirs.failed === undefined && isOneOf(disagreement, codes) && when(atHead(disagreement).here),
    instead: (disagreement) => {
      const { here, before } = atHead(disagreement);
      return { stream: head.behind(changed(here), disagreement.stream, before) };
    },
  });
}

/** Returns the disagreement as if the stream began with the faulty head, or with the last one: without interim responses. */
function atHead(disagreement: Disagreement): { readonly here: Disagreement; readonly before: number } {
  const { stream, ours } = disagreement;
  const before = head.lengthBefore(stream, ours.failed === undefined ? Number.POSITIVE_INFINITY : ours.offset);
  const here = { ...disagreement, stream: head.from(stream, before), ours: { ...ours, offset: ours.offset - before } };
  return { here, before };
}

/** Like `accepts`, for leniencies that hybi offers as an option. */
export function acceptsWith(
  what: string,
  section: string,
  codes: readonly ViolationCode[],
  options: (options: ConnectionOptions) => ConnectionOptions,
): Kind {
  return (peer) => ({
    name: `${peer} accepts ${what}`,
    section,
    applies: (disagreement) => disagreement.theirs.failed === undefined && isOneOf(disagreement, codes),
    instead: (disagreement) => ({ options: options(disagreement.options ?? {}) }),
  });
}

const isOneOf = ({ ours }: Disagreement, codes: readonly ViolationCode[]): boolean =>
  ours.code !== undefined && codes.includes(ours.code);

/** The peer rejects what hybi accepts, or does not judge yet, with the reason `because`. */
export function rejects(
  what: string,
  section: string,
  because: RegExp,
  when: (stream: Stream, disagreement: Disagreement) => boolean,
): Kind {
  return (peer) => ({
    name: `${peer} rejects ${what}`,
    section,
    applies: (disagreement) =>
      disagreement.ours.failed === undefined &&
      disagreement.theirs.failed === "refused" &&
      because.test(disagreement.theirs.because ?? "") &&
      head.eachHead(disagreement.stream).some((each) => when(each, disagreement)),
  });
}

/** Returns the options with one more leniency. */
export const tolerating =
  (leniency: NonNullable<ConnectionOptions["tolerate"]>[number]) =>
  (options: ConnectionOptions): ConnectionOptions => ({
    ...options,
    tolerate: [...(options.tolerate ?? []), leniency],
  });
