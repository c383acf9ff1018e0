/** A chat for browsers and terminals: `npx pnpm example chat/server.ts [port]`, then open the page that it prints. */
import { openChat } from "./chat.ts";

const chat = await openChat(Number(process.argv[2] ?? 8080));
console.log(`listening on ${chat.url}`);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void chat.close());
}
