/**
 * What other implementations call our options, in lower case, for the suggestion in the error of an unknown option. A value that is no
 * plain name says where the option is, and one that ends in a period what there is instead. Bundles for browsers and Workers have no
 * suggestions: they get `left-out.ts` in place of this module (the field `browser` of `package.json`).
 */
import { backoffAliases, type OptionAliases, settingAliases } from "@hybi/core/options";

/** Of a client's options; `runtime` are the checks of those that belong into the option `runtime`. */
export function clientAliases(runtime: object): OptionAliases {
  return {
    ...endpointAliases(runtime),
    headers: "fields",
    cookie: "cookies",
    protocol: "protocols",
    subprotocol: "protocols",
    subprotocols: "protocols",
    maxredirects: "followRedirects",
    timeout: "deadlines: { opening: … }",
    transport: "openTransport",
    createconnection: "openTransport",
    auth: 'fields: [["Authorization", basicAuthorization(user, password)]]',
    finishrequest: "fields",
    generatemask: "There is none: masking keys come from the system's source of randomness.",
    protocolversion: "There is none: the version is always 13 (RFC 6455 §4.1).",
    socketpath: "transportOptions: { path: … }",
    dispatcher: "transportOptions",
    ...Object.fromEntries(["tls", "path"].map((name) => [name, `transportOptions: { ${name}: … }`])),
    ...Object.fromEntries(
      ["tcp", "proxy", "agent", "http2"].map((name) => [name, `transportOptions: { ${name}: … } in Node`]),
    ),
    ...each(["localaddress", "localport", "family", "lookup"], "transportOptions: { tcp: … } in Node"),
    ...each(
      ["ca", "cacerts", "cert", "key", "pfx", "passphrase", "servername", "rejectunauthorized"],
      "transportOptions: { tls: … }",
    ),
  };
}

/** Of a server's options. */
export function serverAliases(runtime: object): OptionAliases {
  return {
    ...endpointAliases(runtime),
    verifyclient: "reject({ status: 401 }) in the handler",
    handleprotocols: "accept({ subprotocol: … }) in the handler",
    origin: "origins",
    allowedorigins: "origins",
    maxclients: "maxConnections",
    maxconnectionsperip: "openingsPerAddress",
    headers: "accept({ fields: … }) in the handler",
    ...each(["path", "shouldhandle"], "opening.request.resourceName in the handler"),
    clienttracking: "There is none: server.sockets has the open sockets, always.",
    websocket: "There is none: the handler gets sockets of one class.",
    backlog: "There is none: the runtime chooses it.",
    port: "listen(handler, { port: … })",
    host: "listen(handler, { host: … })",
    ...each(["server", "noserver"], "upgrade(request, socket, head, server)"),
  };
}

/** Of `send` and `broadcast`. */
export function sendAliases(): OptionAliases {
  return {
    binary: "There is none: strings are sent as text, and bytes and Blobs as binary.",
    mask: "There is none: clients mask, and servers do not (RFC 6455 §5.3).",
    fin: 'sendInPieces("text")',
  };
}

/** Of `reconnect`. */
export function reconnectAliases(runtime: object): OptionAliases {
  return { ...backoffAliases, ...runtimeAliases(runtime) };
}

/** Of clients and servers: deadlines are options beside the others elsewhere. */
function endpointAliases(runtime: object): OptionAliases {
  return {
    ...settingAliases,
    handshaketimeout: "deadlines: { opening: … }",
    closetimeout: "deadlines: { closing: … }",
    idletimeout: "deadlines: { idle: … }",
    ...each(
      ["keepalive", "keepaliveinterval", "ping", "pinginterval", "heartbeat", "heartbeatinterval", "sendpings"],
      "deadlines: { ping: … }",
    ),
    ...each(["pingtimeout", "pongtimeout", "keepalivetimeout"], "deadlines: { pong: … }"),
    ...runtimeAliases(runtime),
  };
}

/** Where the options of `runtime` are: for callers that look for them beside the others. */
function runtimeAliases(runtime: object): OptionAliases {
  return Object.fromEntries(Object.keys(runtime).map((name) => [name.toLowerCase(), `runtime: { ${name}: … }`]));
}

function each(names: readonly string[], meant: string): OptionAliases {
  return Object.fromEntries(names.map((name) => [name, meant]));
}
