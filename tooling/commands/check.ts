/**
 * Checks that commands in documents, scripts and sources fetch only our own packages. `npx NAME` and similar commands run
 * whatever package has that name in the registry if it is not installed, which may belong to somebody else, now or later.
 */

/** What may be fetched, and which scripts and programs exist. */
export interface Ours {
  /** The published packages, each with its commands. */
  readonly packages: ReadonlyMap<string, readonly string[]>;
  /** Packages that ours depend on, which may therefore be installed. */
  readonly needed: ReadonlySet<string>;
  /** The scripts of the repository's package.json. */
  readonly scripts: ReadonlySet<string>;
  /** The programs that `pnpm example` accepts. */
  readonly examples: ReadonlySet<string>;
}

/** Programs that run a package by its name, and fetch it if it is not installed. */
const runners = ["npx", "pnpx", "bunx", "npm exec", "npm x", "pnpm dlx", "yarn dlx", "bun x", "deno x"] as const;
const creators = ["npm create", "npm init", "pnpm create", "yarn create", "bun create"] as const;
const installers = [
  "npm install",
  "npm i",
  "npm add",
  "pnpm add",
  "pnpm install",
  "yarn add",
  "bun add",
  "bun install",
];
const others = ["pip install", "pip3 install", "pipx run", "uvx", "curl", "wget"] as const;

const starts = new RegExp(
  `(?<![\\w./@-])(${[...runners, ...creators, ...installers, ...others].map((name) => name.replace(" ", "\\s+")).join("|")})(?=\\s+[\\w@.~/"'$*-])`,
  "g",
);
const imported = /\b(?:deno\s+(?:run|install|add|serve)\b[^\n`|;&]*?\s|from\s+"|import\(")((?:npm|jsr):[\w@./~^-]+)/g;

/** Matches a command, but not the name of a program in a sentence. */
const scripts = /(?:^|`|\bnpx(?:\s+-y)?\s)pnpm(?:@\d+)?\s+([a-z][\w:-]*)(?:[ \t]+([\w./-]+))?/gm;

/** Subcommands of pnpm that are not scripts of package.json. */
const ofPnpm: ReadonlySet<string> = new Set(["install", "exec", "dlx", "create", "add", "pack"]);

/** Returns the faults of the commands in `text`, which is a document, a script or a source. */
export function checkCommands(file: string, text: string, ours: Ours): string[] {
  // A command may be an array of strings.
  const plain = text.replaceAll(/["'],\s*["']/g, (between) => between.replaceAll(/["',]/g, " "));
  const findings: string[] = [];
  const find = (at: number, what: string): void => {
    const line = plain.slice(0, at).split("\n").length;
    findings.push(`${file}:${line} ${what}`);
  };
  for (const match of plain.matchAll(starts)) {
    const [start, program = ""] = match;
    const [rest = ""] = plain.slice(match.index + start.length).split(/[\n`|;&#"'()<>]| {2,}\/\//, 1);
    const fault = faultOf(program.replaceAll(/\s+/g, " "), rest.trim().split(/\s+/), ours);
    if (fault !== undefined) find(match.index, `${`${program} ${rest.trim()}`.slice(0, 60)}: ${fault}`);
  }
  // Only in documents, because a line of a script may begin with a word from a sentence.
  const shown = file.endsWith(".md") ? plain.matchAll(scripts) : [];
  for (const match of shown) {
    const fault = faultOfScript(match[1] ?? "", match[2] ?? "", ours);
    if (fault !== undefined) find(match.index + match[0].indexOf("pnpm"), fault);
  }
  for (const match of plain.matchAll(imported)) {
    const name = nameOf((match[1] ?? "").replace(/^(npm|jsr):\/?/, ""));
    if (!ours.packages.has(name)) find(match.index, `${match[1]} is not ours`);
  }
  return findings;
}

function faultOf(program: string, words: readonly string[], ours: Ours): string | undefined {
  if ((runners as readonly string[]).includes(program)) return faultOfRunner(words, ours);
  if (installers.includes(program)) {
    const names = words.filter((word) => !word.startsWith("-") && !/^[./$]|^https?:/.test(word)).map(nameOf);
    const strange = names.find((name) => !ours.packages.has(name) && !ours.needed.has(name));
    return strange === undefined ? undefined : `${strange} is not one of our packages, and none of them depends on it`;
  }
  // Peers that we compare with are pinned to the version that was reviewed.
  if (program.startsWith("pip")) {
    const unpinned = words.find((word) => /^[a-z][\w.-]*$/i.test(word));
    return unpinned === undefined ? undefined : `${unpinned} has no version`;
  }
  // `curl` against a local server fetches nothing that is run.
  if (/^(curl|wget)$/.test(program) && words.some((word) => /127\.0\.0\.1|localhost/.test(word))) return undefined;
  return "it fetches a foreign package";
}

/** Accepts `npx` with pnpm, which builds the repository; with one of our packages by name; or if it fetches nothing. */
function faultOfRunner(words: readonly string[], ours: Ours): string | undefined {
  let from: string | undefined;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const [flag, value] = word.split("=", 2);
    if (flag === "--no" || flag === "--no-install" || flag === "--offline") return undefined;
    if (flag === "--package" || flag === "-p") from = nameOf(value ?? words[++at] ?? "");
    else if (word.startsWith("-")) continue;
    else if (from !== undefined) {
      const commands = ours.packages.get(from);
      if (commands === undefined) return `${from} is not ours`;
      return commands.includes(word) ? undefined : `${from} has no command ${word}`;
    } else if (nameOf(word) === "pnpm") return undefined;
    else
      return `if ${word} is not installed, this fetches any package of that name: write npx --package=@hybi/…, or npx --no`;
  }
  return undefined;
}

function faultOfScript(script: string, argument: string, ours: Ours): string | undefined {
  if (ofPnpm.has(script)) return undefined;
  if (!ours.scripts.has(script)) return `there is no script ${script}`;
  if (script !== "example" || !argument.endsWith(".ts") || ours.examples.has(argument)) return undefined;
  return `there is no example ${argument}`;
}

/** Returns the name of a package without its version. */
function nameOf(word: string): string {
  return /^(@[^/]+\/[^@/]+|[^@/]+)/.exec(word)?.[1] ?? word;
}
