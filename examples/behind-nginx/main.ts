/** `pnpm example:nginx`: two servers behind nginx, which must be installed. */
import { tellStory } from "../behind-a-proxy/story.ts";

await tellStory("nginx", (line) => console.log(line));
