/** The kinds of differences in reading heads: what a peer takes and we refuse, and the other way round. */
import type { ConnectionOptions, ViolationCode } from "@hybi/core";
import type { Difference, Disagreement } from "../../peer.ts";
import type { Stream } from "../../stream.ts";
import * as head from "../head-edit.ts";

/** What is known of a difference before it is known whose it is. */
export type Kind = (peer: string) => Difference;

/** The peer takes what we refuse with one of `codes`; changed so that it is right, we make of it what the peer does. */
export function takes(
  what: string,
  section: string,
  codes: readonly ViolationCode[],
  changed: (disagreement: Disagreement) => Stream,
  when: (disagreement: Disagreement) => boolean = () => true,
): Kind {
  return (peer) => ({
    name: `${peer} takes ${what}`,
    section,
    applies: (disagreement) =>
      disagreement.theirs.failed === undefined && isOneOf(disagreement, codes) && when(atHead(disagreement).here),
    instead: (disagreement) => {
      const { here, before } = atHead(disagreement);
      return { stream: head.behind(changed(here), disagreement.stream, before) };
    },
  });
}

/** The disagreement as if the stream began with the head that is at fault, or with the last one: without interim responses. */
function atHead(disagreement: Disagreement): { readonly here: Disagreement; readonly before: number } {
  const { stream, ours } = disagreement;
  const before = head.lengthBefore(stream, ours.failed === undefined ? Number.POSITIVE_INFINITY : ours.offset);
  const here = { ...disagreement, stream: head.from(stream, before), ours: { ...ours, offset: ours.offset - before } };
  return { here, before };
}

/** As `takes`, where we have an option for it. */
export function takesWith(
  what: string,
  section: string,
  codes: readonly ViolationCode[],
  options: (options: ConnectionOptions) => ConnectionOptions,
): Kind {
  return (peer) => ({
    name: `${peer} takes ${what}`,
    section,
    applies: (disagreement) => disagreement.theirs.failed === undefined && isOneOf(disagreement, codes),
    instead: (disagreement) => ({ options: options(disagreement.options ?? {}) }),
  });
}

const isOneOf = ({ ours }: Disagreement, codes: readonly ViolationCode[]): boolean =>
  ours.code !== undefined && codes.includes(ours.code);

/** The peer refuses what we take, or wait with, and gives `because` as its reason. */
export function refuses(
  what: string,
  section: string,
  because: RegExp,
  when: (stream: Stream, disagreement: Disagreement) => boolean,
): Kind {
  return (peer) => ({
    name: `${peer} refuses ${what}`,
    section,
    applies: (disagreement) =>
      disagreement.ours.failed === undefined &&
      disagreement.theirs.failed === "refused" &&
      because.test(disagreement.theirs.because ?? "") &&
      head.eachHead(disagreement.stream).some((each) => when(each, disagreement)),
  });
}

/** Tolerates one more. */
export const tolerating =
  (leniency: NonNullable<ConnectionOptions["tolerate"]>[number]) =>
  (options: ConnectionOptions): ConnectionOptions => ({
    ...options,
    tolerate: [...(options.tolerate ?? []), leniency],
  });
