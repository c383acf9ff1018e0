/** The neutral suites of the portable packages, in a Worker. */
import { describeSuites } from "../suites/describe-suites.ts";
import { startWorkerd } from "./workerd.ts";

/** The module of the Worker, after the script of the suites. Each file of tests is a request. */
const main = `export default {
  async fetch(request) {
    const { file, settings } = await request.json();
    return Response.json(await globalThis.hybiSuites.run(file, settings));
  },
};`;

await describeSuites("workerd", async ({ script }) => {
  const workerd = await startWorkerd({ suites: { script: `${script}\n${main}`, compatibilityDate: "2026-07-01" } });
  return {
    async run(file, settings) {
      const body = JSON.stringify({ file, settings });
      const response = await fetch(workerd.urls.suites as string, { method: "POST", body });
      if (!response.ok) throw new Error(`${await response.text()}\n${workerd.log().slice(-1_000)}`);
      return response.json();
    },
    end: () => workerd.stop(),
  };
});
