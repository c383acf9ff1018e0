/** The conversation with the server at a URL, and a failure at another one: in Node, Deno and Bun. */
import { converse, fail } from "./conversation.ts";

const [echo = "", refusing = ""] = process.argv.slice(2);
for (const line of [...(await converse(echo)), ...(await fail(refusing))]) console.log(line);
