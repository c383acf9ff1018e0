/** Checks that links of documents into the repository, relative or absolute, lead to a file or folder. */

/** Where a link may lead. */
interface Places {
  /** The address of the repository on its hosting site. The READMEs of packages link to it. */
  readonly repositoryUrl: string;
  /** Whether there is a file or folder at a path relative to the document. */
  readonly besideDocument: (path: string) => boolean;
  /** The same for a path relative to the root of the repository. */
  readonly belowRoot: (path: string) => boolean;
}

/** Returns a finding for each link of `document` that leads to no file or folder. */
export function checkLinks(document: string, markdown: string, places: Places): string[] {
  const { repositoryUrl, besideDocument, belowRoot } = places;
  const prose = markdown.replaceAll(/^(```+)[\s\S]*?^\1/gm, "").replaceAll(/`[^`\n]*`/g, "");
  const exists = (target: string): boolean => {
    const [, path] = /^\/(?:blob|tree)\/main\/(.*)$/.exec(target.slice(repositoryUrl.length)) ?? [];
    if (target.startsWith(repositoryUrl) && path !== undefined) return belowRoot(path);
    return /^[a-z]+:/.test(target) || besideDocument(target);
  };
  return [...prose.matchAll(/\]\(([^)\s#]+)[^)\s]*\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !exists(target))
    .map((target) => `${document} links to ${target}, which does not exist`);
}
