/** `pnpm fuzz:differential --runs 1000000 --seed 1`: see docs/design/fuzzing.md. */
import { parseArgs } from "node:util";
import { Campaign } from "./campaign.ts";
import { websocketDriverPeer } from "./peers/websocket-driver.ts";
import { wsPeer } from "./peers/ws.ts";
import { startWsproto } from "./peers/wsproto.ts";

const { values: options } = parseArgs({
  // pnpm passes on the "--" that its users write.
  args: process.argv.slice(2).filter((argument) => argument !== "--"),
  options: {
    /** How many streams to make; each peer is given those that it can read. */
    runs: { type: "string", default: "25000" },
    /** New each time, and printed. */
    seed: { type: "string" },
    /** Of the first stream, to repeat a case without those before it. */
    from: { type: "string", default: "0" },
    peers: { type: "string", default: "ws,websocket-driver,wsproto" },
  },
});
const asked = options.peers.split(",");
const peers = [wsPeer, websocketDriverPeer].filter(({ name }) => asked.includes(name));
if (asked.includes("wsproto")) {
  const wsproto = startWsproto();
  if (typeof wsproto === "string") console.log(`SKIPPED: wsproto: ${wsproto}`);
  else peers.push(wsproto);
}
const seed = Number(options.seed ?? Math.floor(Math.random() * 0x7fff_ffff));

const campaign = new Campaign(peers, seed);
await campaign.run(Number(options.from), Number(options.runs));
for (const line of campaign.summary()) console.log(line);
process.exitCode = campaign.faults > 0 ? 1 : 0;
for (const peer of peers) peer.close?.();
