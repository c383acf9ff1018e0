/** The functions that tests call in the page, as `inPage`; in a worker, the other end of a connection. */
import { converse, fail } from "../../../examples/both-sides/conversation.ts";
import { isPattern, pattern } from "./pattern.ts";
import { open, PagePeer } from "./peer.ts";
import {
  callsOfHandlers,
  checkRoundTrip,
  runModule,
  serveInWorker,
  talkOverPair,
  talkOverStreams,
  talkToWorker,
} from "./portable.ts";

const ofPage = {
  ...{ open, PagePeer, pattern, isPattern },
  ...{ converse, fail },
  ...{ checkRoundTrip, talkOverPair, callsOfHandlers, runModule, talkOverStreams, talkToWorker },
};

declare global {
  var inPage: typeof ofPage;
}

if ("document" in globalThis) globalThis.inPage = ofPage;
else serveInWorker();
