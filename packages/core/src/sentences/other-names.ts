/**
 * What other implementations call our options, in lower case, for the suggestion in the error of an unknown option. A value that is no
 * plain name says where the option is, and one that ends in a period what there is instead.
 */
import type { OptionAliases } from "./suggestions.ts";

/** Of the options that opening handshakes and connections share. */
export const settingAliases: OptionAliases = {
  maxpayload: "limits: { message: … }",
  maxpayloadlength: "limits: { message: … }",
  maxmessagesize: "limits: { message: … }",
  permessagedeflate: "extensions: [permessageDeflate()]",
  compression: "extensions: [permessageDeflate()]",
  maxfragments: "limits: { fragments: … }",
  maxbufferedchunks: "There is none: what a message holds does not depend on the chunks in which it arrives.",
  maxpendingautopongs: "There is none: at most 16 Pongs wait, those of the latest Pings.",
  skiputf8validation: "There is none: text is always validated (RFC 6455 §8.1).",
  allowsynchronousevents: "There is none: each message is an event of its own, in the turn in which it arrives.",
};

export const limitAliases: OptionAliases = {
  maxpayload: "message",
  maxmessagesize: "message",
  maxpayloadlength: "message",
  size: "message",
};

export const clientAliases: OptionAliases = /* @__PURE__ */ withSettings({
  headers: "fields",
  cookie: "cookies",
  protocol: "subprotocols",
  protocols: "subprotocols",
  subprotocol: "subprotocols",
});

export const serverAliases: OptionAliases = /* @__PURE__ */ withSettings({
  verifyclient: "checkOrigin",
  origins: "checkOrigin",
});

/** Of an answer to an opening handshake: one that accepts, and one that rejects. */
export const answerAliases: OptionAliases = {
  headers: "fields",
  protocol: "subprotocol",
  protocols: "subprotocol",
  subprotocols: "subprotocol",
  statuscode: "status",
  code: "status",
  reason: "reasonPhrase",
};

export const proxyAliases: OptionAliases = { headers: "fields", hostname: "host" };

export const deadlineAliases: OptionAliases = {
  handshake: "opening",
  handshaketimeout: "opening",
  timeout: "opening",
  pinginterval: "ping",
  close: "closing",
};

export const backoffAliases: OptionAliases = {
  delay: "firstDelay",
  mindelay: "firstDelay",
  minreconnectiondelay: "firstDelay",
  maxdelay: "maximumDelay",
  maxreconnectiondelay: "maximumDelay",
  maxretries: "attempts",
  retries: "attempts",
  maxattempts: "attempts",
};

/** A function, because bundlers keep a spread that nobody uses: it might call a getter. */
function withSettings(aliases: OptionAliases): OptionAliases {
  return { ...settingAliases, ...aliases };
}
