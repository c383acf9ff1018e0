/** What the caller may have meant by the name of an option that does not exist. */

/** Maps other names of an option, in lower case, to its name here: `{ headers: "fields" }`. */
export type OptionAliases = Readonly<Record<string, string>>;

/**
 * Returns what is appended to the message: a space and a sentence. `aliases` maps other names, in lower case, to names here, or to a
 * sentence, which ends in a period; `prefix` is the path of the object that has the option.
 */
export function suggestOption(name: string, known: readonly string[], aliases: OptionAliases, prefix: string): string {
  const alias = Object.hasOwn(aliases, name.toLowerCase()) ? aliases[name.toLowerCase()]! : "";
  if (alias.endsWith(".")) return ` ${alias}`;
  // A table of aliases may serve several owners. An alias that is not a plain name says where the option is instead.
  const meant = known.includes(alias) || /\W/.test(alias) ? alias : nearest(name, known);
  return meant === undefined ? ` It takes ${known.join(", ")}.` : ` Did you mean ${prefix}${meant}?`;
}

/** Returns the name that starts with `name`, or that `name` misspells by at most a third of its letters. */
function nearest(name: string, known: readonly string[]): string | undefined {
  const lower = name.toLowerCase();
  const longer = known.find((candidate) => name.length > 2 && candidate.toLowerCase().startsWith(lower));
  if (longer !== undefined) return longer;
  const distances = known.map((candidate) => distance(lower, candidate.toLowerCase()));
  const least = Math.min(...distances);
  return least <= Math.ceil(name.length / 3) ? known[distances.indexOf(least)] : undefined;
}

/** Edit distance: the number of letters to insert, remove or replace, and of neighbours to swap. */
function distance(one: string, other: string): number {
  let before: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let at = 1; at <= one.length; at++) {
    const next = [at];
    for (let to = 1; to <= other.length; to++) {
      const replaced = row[to - 1]! + (one[at - 1] === other[to - 1] ? 0 : 1);
      const isSwapped = at > 1 && to > 1 && one[at - 1] === other[to - 2] && one[at - 2] === other[to - 1];
      const swapped = isSwapped ? before[to - 2]! + 1 : replaced;
      next.push(Math.min(swapped, replaced, row[to]! + 1, next[to - 1]! + 1));
    }
    before = row;
    row = next;
  }
  return row[other.length]!;
}
