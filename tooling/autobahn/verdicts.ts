/** Autobahn's verdicts, and their file format: by group of cases, with the cases of each verdict together. */

/** "OK", "NON-STRICT", "INFORMATIONAL", …; "FAILED, closed OK" if the closing handshake has a verdict of its own. */
type Verdict = string;

/** Verdicts by id of the case ("6.22.3"), in Autobahn's order. */
export type Verdicts = ReadonlyMap<string, Verdict>;

/** The entry of a case in `index.json` of a report. */
export interface ReportedCase {
  readonly behavior: string;
  readonly behaviorClose: string;
}

export function readVerdicts(report: Readonly<Record<string, ReportedCase>>): Verdicts {
  const verdicts = new Map<string, Verdict>();
  for (const id of Object.keys(report).sort(compareIds)) {
    const { behavior, behaviorClose } = report[id] as ReportedCase;
    verdicts.set(id, behavior === behaviorClose ? behavior : `${behavior}, closed ${behaviorClose}`);
  }
  return verdicts;
}

/** Formats as `{ "7.1": { "OK": "1-5", "INFORMATIONAL": "6" }, … }`, with a line per group. */
export function formatVerdicts(verdicts: Verdicts): string {
  const groups = new Map<string, Map<Verdict, number[]>>();
  for (const id of [...verdicts.keys()].sort(compareIds)) {
    const { group, number } = split(id);
    const ofGroup = upsert(groups, group, () => new Map<Verdict, number[]>());
    upsert(ofGroup, verdicts.get(id) ?? "", () => []).push(number);
  }
  const lines = [...groups].map(([group, ofGroup]) => {
    const ranges = [...ofGroup].map(([verdict, numbers]) => `${JSON.stringify(verdict)}: "${formatRanges(numbers)}"`);
    return `  ${JSON.stringify(group)}: { ${ranges.join(", ")} }`;
  });
  return `{\n${lines.join(",\n")}\n}\n`;
}

export function parseVerdicts(text: string): Verdicts {
  const groups: Record<string, Record<Verdict, string>> = JSON.parse(text);
  const verdicts = new Map<string, Verdict>();
  for (const [group, ofGroup] of Object.entries(groups)) {
    for (const [verdict, ranges] of Object.entries(ofGroup)) {
      for (const number of parseRanges(ranges)) verdicts.set(`${group}.${number}`, verdict);
    }
  }
  return new Map([...verdicts].sort(([left], [right]) => compareIds(left, right)));
}

/** Returns a line for each case whose verdict is not the expected one, or that was not run. New cases are expected to be OK. */
export function compareVerdicts(expected: Verdicts, actual: Verdicts): string[] {
  const ids = [...new Set([...expected.keys(), ...actual.keys()])].sort(compareIds);
  return ids
    .map((id) => ({ id, found: actual.get(id) ?? "not run", wanted: expected.get(id) ?? "OK" }))
    .filter(({ found, wanted }) => found !== wanted)
    .map(({ id, found, wanted }) => `${id}: ${found}, expected ${wanted}`);
}

/** Those that `patterns` ("1.*", "7.13.1") select, as Autobahn understands them. */
export function selectCases(verdicts: Verdicts, patterns: readonly string[]): Verdicts {
  const selected = ([id]: [string, Verdict]): boolean =>
    patterns.some((pattern) => (pattern.endsWith("*") ? id.startsWith(pattern.slice(0, -1)) : id === pattern));
  return new Map([...verdicts].filter(selected));
}

/** In the order of their numbers. */
export function compareIds(left: string, right: string): number {
  const [first, second] = [left.split(".").map(Number), right.split(".").map(Number)];
  const at = first.findIndex((number, index) => number !== second[index]);
  return at < 0 ? first.length - second.length : (first[at] ?? 0) - (second[at] ?? -1);
}

function split(id: string): { group: string; number: number } {
  const dot = id.lastIndexOf(".");
  return { group: id.slice(0, dot), number: Number(id.slice(dot + 1)) };
}

function formatRanges(numbers: readonly number[]): string {
  const ranges: { first: number; last: number }[] = [];
  for (const number of numbers) {
    const range = ranges.at(-1);
    if (range?.last === number - 1) range.last = number;
    else ranges.push({ first: number, last: number });
  }
  return ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(" ");
}

function parseRanges(text: string): number[] {
  return text.split(" ").flatMap((range) => {
    const [first = 0, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

function upsert<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  const value = map.get(key) ?? create();
  map.set(key, value);
  return value;
}
