/** A Worker that runs the case named by the path, with the body as its argument. */
import { cases, type Given } from "./cases.ts";

export default {
  async fetch(request: Request): Promise<Response> {
    const run = cases[new URL(request.url).pathname.slice(1)];
    if (run === undefined) return new Response("no such case", { status: 404 });
    try {
      return Response.json(await run((await request.json()) as Given));
    } catch (error) {
      return new Response(error instanceof Error ? error.stack : String(error), { status: 500 });
    }
  },
};
