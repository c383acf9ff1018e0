/** Makes a version of what `CHANGELOG.md` has under "Unreleased". */

interface NewVersion {
  readonly version: string;
  /** As YYYY-MM-DD. */
  readonly date: string;
  /** The version before; undefined for the first. */
  readonly previous: string | undefined;
  readonly repositoryUrl: string;
}

const heading = "## [Unreleased]\n";

/** Returns the changelog with the new version, and its section as notes; undefined if nothing is under "Unreleased". */
export function cutChangelog(
  changelog: string,
  { version, date, previous, repositoryUrl }: NewVersion,
): { changelog: string; notes: string } | undefined {
  const begin = changelog.indexOf(heading);
  if (begin < 0) return undefined;
  const after = changelog.slice(begin + heading.length);
  // The section ends at the next version, or at the addresses of the versions.
  const end = after.search(/^(?:## \[|\[[^\]]+\]: )/m);
  const section = (end < 0 ? after : after.slice(0, end)).trim();
  if (section === "") return undefined;

  const rest = (end < 0 ? "" : after.slice(end)).replace(/^\[Unreleased\]: .*\n/m, "").trimEnd();
  const firstAddress = rest.search(/^\[[^\]]+\]: /m);
  const older = firstAddress < 0 ? rest : rest.slice(0, firstAddress).trimEnd();
  const addresses = [
    `[Unreleased]: ${repositoryUrl}/compare/v${version}...HEAD`,
    previous === undefined
      ? `[${version}]: ${repositoryUrl}/releases/tag/v${version}`
      : `[${version}]: ${repositoryUrl}/compare/v${previous}...v${version}`,
    ...(firstAddress < 0 ? [] : [rest.slice(firstAddress)]),
  ].join("\n");
  const sections = [`${changelog.slice(0, begin)}${heading.trim()}`, `## [${version}] - ${date}`, section, older];
  return {
    changelog: `${[...sections.filter((text) => text !== ""), addresses].join("\n\n")}\n`,
    // Notes are shown elsewhere, where a path leads nowhere.
    notes: section.replaceAll(/\]\((?![a-z]+:|#)([^)]+)\)/g, `](${repositoryUrl}/blob/v${version}/$1)`),
  };
}
