/** Versions, as Semantic Versioning writes them. Versions before a release, such as 1.0.0-rc.1, are not used. */

const pattern = /^(\d+)\.(\d+)\.(\d+)$/;
const steps: readonly string[] = ["major", "minor", "patch"];

function partsOf(version: string): number[] | undefined {
  return pattern.exec(version)?.slice(1).map(Number);
}

/**
 * Returns the version to release, or a sentence that begins with "Cannot". `requested` is a version, or the part of
 * `current` to increase. The current version itself can be released as long as it has not been.
 */
export function nextVersion(current: string, requested: string, isReleased: (version: string) => boolean): string {
  const now = partsOf(current);
  if (now === undefined) return `Cannot read the current version ${current}.`;
  const step = steps.indexOf(requested);
  const wanted = step < 0 ? partsOf(requested) : now.map((part, at) => (at < step ? part : at === step ? part + 1 : 0));
  if (wanted === undefined)
    return `Cannot release "${requested}": use major, minor, patch, or a version such as 1.2.3.`;
  const version = wanted.join(".");
  const at = wanted.findIndex((part, index) => part !== now[index]);
  if (at >= 0 && (wanted[at] ?? 0) < (now[at] ?? 0)) return `Cannot release ${version}, which is below ${current}.`;
  if (isReleased(version)) return `Cannot release ${version}: the tag v${version} exists.`;
  return version;
}
