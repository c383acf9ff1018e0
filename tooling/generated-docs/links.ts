/** Checks that relative links of documents lead to a file or folder. */

/** Returns a finding for each link of `document` for which `exists`, called with a path relative to the document, is false. */
export function checkLinks(document: string, markdown: string, exists: (path: string) => boolean): string[] {
  const prose = markdown.replaceAll(/^(```+)[\s\S]*?^\1/gm, "").replaceAll(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s#]+)[^)\s]*\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target) && !exists(target))
    .map((target) => `${document} links to ${target}, which does not exist`);
}
