/** `pnpm fuzz:differential --what requests --runs 1000000 --seed 1`: see docs/design/fuzzing.md. */
import { parseArgs } from "node:util";
import { Campaign } from "./campaign.ts";
import { frames } from "./frames/frames.ts";
import { websocketDriverPeer } from "./frames/peers/websocket-driver.ts";
import { wsPeer } from "./frames/peers/ws.ts";
import { wsprotoFrames } from "./frames/peers/wsproto.ts";
import { websocketDriverClient } from "./openings/peers/websocket-driver-client.ts";
import { websocketDriverServer } from "./openings/peers/websocket-driver-server.ts";
import { wsClient } from "./openings/peers/ws-client.ts";
import { wsServer } from "./openings/peers/ws-server.ts";
import { wsprotoClient } from "./openings/peers/wsproto-client.ts";
import { wsprotoServer } from "./openings/peers/wsproto-server.ts";
import { requests } from "./openings/requests.ts";
import { responses } from "./openings/responses.ts";
import type { Peer } from "./peer.ts";
import type { Subject } from "./subject.ts";
import { startWsproto, type WsprotoQuestion } from "./wsproto/peer.ts";

/** The peers of each subject. */
const subjects: readonly {
  readonly subject: Subject;
  readonly peers: readonly Peer[];
  readonly wsproto: WsprotoQuestion;
}[] = [
  { subject: frames, peers: [wsPeer, websocketDriverPeer], wsproto: wsprotoFrames },
  { subject: requests, peers: [wsServer, websocketDriverServer], wsproto: wsprotoServer },
  { subject: responses, peers: [wsClient, websocketDriverClient], wsproto: wsprotoClient },
];

const { values: options } = parseArgs({
  // pnpm passes on the "--" typed by its users.
  args: process.argv.slice(2).filter((argument) => argument !== "--"),
  options: {
    /** frames, requests or responses. */
    what: { type: "string", default: "frames" },
    /** Number of streams; each peer gets those that it can read. */
    runs: { type: "string", default: "25000" },
    /** Random by default, and printed. */
    seed: { type: "string" },
    /** Index of the first stream, to repeat a case without those before it. */
    from: { type: "string", default: "0" },
    peers: { type: "string", default: "ws,websocket-driver,wsproto" },
  },
});
const asked = options.peers.split(",");
const chosen = subjects.find(({ subject }) => subject.name === options.what);
if (chosen === undefined)
  throw new Error(`--what must be one of ${subjects.map(({ subject }) => subject.name).join(", ")}.`);
const peers = chosen.peers.filter(({ name }) => asked.includes(name));
if (asked.includes("wsproto")) {
  const peer = startWsproto(chosen.wsproto);
  if (typeof peer === "string") console.log(`SKIPPED: wsproto: ${peer}`);
  else peers.push(peer);
}
const seed = Number(options.seed ?? Math.floor(Math.random() * 0x7fff_ffff));

const campaign = new Campaign(chosen.subject, peers, seed);
await campaign.run(Number(options.from), Number(options.runs));
for (const line of campaign.summary()) console.log(line);
process.exitCode = campaign.faults > 0 ? 1 : 0;
for (const peer of peers) peer.close?.();
