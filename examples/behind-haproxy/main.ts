/** `pnpm example:haproxy`: two servers behind haproxy, which must be installed. */
import { tellStory } from "../behind-a-proxy/story.ts";

await tellStory("haproxy", (line) => console.log(line));
