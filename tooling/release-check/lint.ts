/** Programs of others that check a tarball. */

/** Returns their names, and their commands. */
export function linters(tarball: string): [name: string, command: readonly string[]][] {
  return [
    ["publint", ["publint", "--strict", tarball]],
    // The profile excludes the resolution of TypeScript before 4.7, which does not support `exports` and hence no `/frame`.
    ["attw", ["attw", "--profile", "node16", tarball]],
  ];
}
