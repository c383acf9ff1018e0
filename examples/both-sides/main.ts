/** The code that page and server share, here on the side of the server: `npx pnpm example both-sides/main.ts`. */
import { converse, fail } from "./conversation.ts";
import { serve } from "./server.ts";

const { server, refusing } = await serve();
for (const line of [...(await converse(server.url)), ...(await fail(refusing))]) console.log(line);
await server.close();
