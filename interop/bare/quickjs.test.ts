/**
 * The modules' own tests of core in QuickJS: what rests on a habit of V8, JavaScriptCore or SpiderMonkey, or on a TextDecoder, shows
 * here. It interprets, a hundred times as slowly as these run, so properties run twice, and scenarios and tests of the
 * standards, which move megabytes, are left to the engines with a compiler.
 */
import { describeSuites } from "../suites/describe-suites.ts";
import { lentToQuickJs, startQuickJs } from "./quickjs.ts";

await describeSuites("QuickJS", ({ script }) => startQuickJs(script), {
  ...{ lent: lentToQuickJs, isBare: true, alsoLacking: ["URL", "structuredClone"] },
  ...{ packages: ["core"], tooSlow: /^packages\/core\/tests\//, runs: 2, least: 1300 },
});
