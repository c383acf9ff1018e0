import { describe, expect, it } from "vitest";
import { countingSource, usageErrorOf } from "../../tests/support/connections.ts";
import { adding, agreeing, rsv1, rsv2 } from "../../tests/support/extensions.ts";
import { Connection } from "../connection.ts";
import { Endpoint } from "../endpoint/endpoint.ts";
import { ClientHandshake } from "../opening/client-handshake.ts";
import { ServerHandshake } from "../opening/server-handshake.ts";
import { parseWebSocketUrl } from "../opening/url.ts";
import { plainAgreement } from "../vocabulary/agreement.ts";
import type { ExtensionParameters } from "../vocabulary/extension.ts";
import { defaultLimits } from "../vocabulary/limits.ts";
import { noNativeFunctions } from "../vocabulary/native-functions.ts";
import { ClientConfig } from "./client-config.ts";
import { connectionConfig, createTransforms, withTransforms } from "./connection-config.ts";
import { ServerConfig } from "./server-config.ts";

const random = countingSource();

describe("ServerConfig", () => {
  it("holds the defaults, overridden by the given options", () => {
    const defaults = ServerConfig.of();
    expect(defaults).toMatchObject({ role: "server", limits: defaultLimits, extensions: [], tolerate: [] });
    expect(defaults.checkOrigin).toBeUndefined();
    expect(defaults.settings).toMatchObject({
      ...{
        role: "server",
        limits: defaultLimits,
        fragmentSize: 65_536,
        native: noNativeFunctions,
        delivery: "messages",
      },
      ...{ keys: undefined, tolerateNonMinimalLength: false },
    });
    const [native, checkOrigin, extensions] = [{ unmask: () => {} }, () => undefined, [adding("a", rsv1, 1)]];
    const tolerate = ["non-minimal-length"] as const;
    const options = { native, checkOrigin, extensions, tolerate, delivery: "pieces", fragmentSize: 5.5 } as const;
    const config = ServerConfig.of({ ...options, limits: { message: 9 } });
    expect(config).toMatchObject({ checkOrigin, extensions, tolerate, limits: { ...defaultLimits, message: 9 } });
    expect(config.settings).toMatchObject({
      ...{ native, delivery: "pieces", fragmentSize: 5, tolerateNonMinimalLength: true },
    });
  });

  it("throws for options that are unknown or out of range, before there is an endpoint", () => {
    const misspelled: object = { fragmentsize: 1 };
    expect(usageErrorOf(() => ServerConfig.of(misspelled))).toBe("option/unknown");
    expect(usageErrorOf(() => ServerConfig.of({ limits: { message: -1 } }))).toBe("option/range");
    for (const fragmentSize of [0, 0.5, -1, Number.NaN]) {
      expect(usageErrorOf(() => ServerConfig.of({ fragmentSize }))).toBe("option/range");
    }
  });
});

describe("ClientConfig", () => {
  it("holds everything except the target", () => {
    const config = ClientConfig.of({ random, subprotocols: ["chat"], fields: [["X-A", "b"]] });
    expect(config).toMatchObject({
      role: "client",
      random,
      terms: { subprotocols: ["chat"], requireSubprotocol: false },
    });
    expect(config.terms.fields.map(([name]) => name)).toEqual([
      "Sec-WebSocket-Version",
      "Sec-WebSocket-Protocol",
      "X-A",
    ]);
    expect(config.settings.keys).toBeDefined();
  });

  it("throws for options that cannot be sent, that lack randomness [F11], or name a target", () => {
    expect(usageErrorOf(() => ClientConfig.of({} as never))).toBe("option/random-missing");
    expect(usageErrorOf(() => ClientConfig.of({ random: () => {} }))).toBe("option/random");
    expect(usageErrorOf(() => ClientConfig.of({ random, subprotocols: ["a b"] }))).toBe("opening/subprotocol");
    for (const target of [{ url: "ws://a/" }, { authority: "a" }, { resourceName: "/" }, { secure: true }]) {
      expect(usageErrorOf(() => ClientConfig.of({ random, ...target } as never))).toBe("option/unknown");
    }
  });

  it("makes a client for a URL, as text or parsed", () => {
    const config = ClientConfig.of({ random, subprotocols: ["chat"] });
    const texts = ["ws://u:p@example.com:8/x?y", parseWebSocketUrl("ws://u:p@example.com:8/x?y")].map((url) => {
      const [head] = Endpoint.client(config, url).takeOutput();
      return new TextDecoder().decode(head).replace(/Key: .*/, "Key");
    });
    expect(texts[0]).toContain("GET /x?y HTTP/1.1\r\nHost: example.com:8\r\n");
    expect(texts[0]).toContain("Authorization: Basic ");
    expect(texts[1]).toBe(texts[0]);
    const whole = Endpoint.client({
      random,
      subprotocols: ["chat"],
      url: parseWebSocketUrl("ws://u:p@example.com:8/x?y"),
    });
    expect(new TextDecoder().decode(whole.takeOutput()[0]).replace(/Key: .*/, "Key")).toBe(texts[0]);
    expect(usageErrorOf(() => new ClientHandshake(config))).toBe("opening/authority");
    expect(usageErrorOf(() => new ClientHandshake(config, { authority: 5 } as never))).toBe("opening/authority");
    expect(usageErrorOf(() => new ClientHandshake({ random, url: "ws://a/" }, "ws://b/"))).toBe("option/unknown");
    expect(usageErrorOf(() => Endpoint.client(config, "http:/x"))).toBe("opening/url");
    for (const url of [7, null, {}, new URL("ws://a/")]) {
      expect(usageErrorOf(() => Endpoint.client(config, url as never))).toBe("option/type");
      expect(usageErrorOf(() => Endpoint.client({ random, url: url as never }))).toBe("option/type");
    }
  });
});

describe("a configuration", () => {
  it("is frozen, with its settings and limits", () => {
    for (const config of [
      ServerConfig.of(),
      ServerConfig.of({ limits: { message: 1 } }),
      ClientConfig.of({ random }),
      connectionConfig("server", {}),
    ]) {
      const { settings, limits, extensions, tolerate } = config;
      expect([config, settings, limits, extensions, tolerate].every(Object.isFrozen)).toBe(true);
    }
    const { terms } = ClientConfig.of({ random });
    expect([terms, terms.fields, terms.subprotocols, terms.extensions].every(Object.isFrozen)).toBe(true);
  });

  it("stays as it was checked when the application changes the lists of its options", () => {
    const options = {
      ...{ random, limits: { message: 7 }, tolerate: ["bare-line-feed"], extensions: [adding("a", rsv1, 1)] },
      ...{ subprotocols: ["chat"], fields: [["X-A", "b"] as [string, string]], cookies: [["c", "d"]] },
    };
    const config = ClientConfig.of(options as never);
    const request = () => {
      const [head] = Endpoint.client(config, "ws://example.com/").takeOutput();
      return new TextDecoder().decode(head).replace(/Key: .*/, "Key");
    };
    const before = request();
    options.limits.message = 8;
    options.tolerate.push("non-minimal-length");
    options.extensions.push(adding("b", rsv1, 1));
    options.subprotocols.push("chat");
    options.fields[0]![0] = "Host";
    options.fields.push(["Upgrade", "h2c"]);
    expect(config.limits.message).toBe(7);
    expect(config.tolerate).toEqual(["bare-line-feed"]);
    expect([config.extensions, config.terms.extensions].map(({ length }) => length)).toEqual([1, 1]);
    expect(config.terms.subprotocols).toEqual(["chat"]);
    expect(request()).toBe(before);
  });

  it("is shared: whatever is created with it, nothing is resolved again", () => {
    const server = ServerConfig.of({ limits: { message: 7 } });
    const client = ClientConfig.of({ random, limits: { message: 7 } });
    expect([ServerConfig.of(server), ClientConfig.of(client)]).toEqual([server, client]);
    expect(ServerConfig.of(server)).toBe(server);
    expect(ClientConfig.of(client)).toBe(client);
    expect(ServerConfig.of()).toBe(ServerConfig.of());
    expect(connectionConfig("server", server)).toBe(server);
    expect(withTransforms(server.settings, [])).toBe(server.settings);
    for (let count = 0; count < 3; count++) {
      for (const config of [server, client]) {
        const agreed = Endpoint.fromAgreement(plainAgreement(config.role), config);
        expect(agreed.limits).toBe(config.limits);
        expect(new Connection(plainAgreement(config.role), config).limits).toBe(config.limits);
      }
      const asked = Endpoint.server(server);
      const asking = Endpoint.client(client, "ws://example.com/");
      expect([asked.limits, asking.limits]).toEqual([server.limits, client.limits]);
      for (const bytes of asking.takeOutput()) asked.receive(bytes.slice());
      asked.accept();
      for (const bytes of asked.takeOutput()) asking.receive(bytes.slice());
      expect([asked.state, asking.state]).toEqual(["open", "open"]);
      expect(asked.limits).toBe(server.limits);
      expect(asking.limits).toBe(client.limits);
      new ServerHandshake(server);
    }
  });

  it("is only for connections of its role", () => {
    expect(usageErrorOf(() => new Connection(plainAgreement("client"), ServerConfig.of()))).toBe("option/type");
    expect(usageErrorOf(() => connectionConfig("server", ClientConfig.of({ random })))).toBe("option/type");
    const [server, client] = [ServerConfig.of() as never, ClientConfig.of({ random }) as never];
    expect(usageErrorOf(() => ServerConfig.of(client))).toBe("option/type");
    expect(usageErrorOf(() => ClientConfig.of(server))).toBe("option/type");
    expect(usageErrorOf(() => Endpoint.server(client))).toBe("option/type");
    expect(usageErrorOf(() => Endpoint.client(server, "ws://a/"))).toBe("option/type");
  });
});

describe("connectionConfig", () => {
  it("throws for options that are unknown, out of range, or lack randomness", () => {
    const misspelled: object = { fragmentsize: 1 };
    expect(usageErrorOf(() => connectionConfig("server", misspelled))).toBe("option/unknown");
    expect(usageErrorOf(() => connectionConfig("server", { fragmentSize: 0 }))).toBe("option/range");
    expect(usageErrorOf(() => connectionConfig("client", {}))).toBe("option/random-missing");
    expect(connectionConfig("client", { random, fragmentSize: 1 }).settings).toMatchObject({ fragmentSize: 1 });
  });
});

describe("createTransforms", () => {
  it("creates one transform per agreed extension, in order, with role and parameters [E31]", () => {
    const made: unknown[] = [];
    const extensions = [adding("a", rsv1, 1), adding("b", rsv2, 1), adding("unused", rsv1, 1)].map((extension) => ({
      ...extension,
      createTransform: (role: "client" | "server", parameters: ExtensionParameters) => {
        made.push([extension.name, role, parameters]);
        return extension.createTransform(role, parameters);
      },
    }));
    const agreement = {
      ...agreeing("client"),
      extensions: [
        { name: "b", parameters: [["x", "1"]] as const },
        { name: "a", parameters: [] },
      ],
    };
    expect(createTransforms(agreement, extensions).map(({ rsv }) => rsv)).toEqual([rsv2, rsv1]);
    expect(made).toEqual([
      ["b", "client", [["x", "1"]]],
      ["a", "client", []],
    ]);
  });

  it("throws for an unknown extension, and for two owners of one RSV bit [E32]", () => {
    const [a, b] = [adding("a", rsv1, 1), adding("b", rsv1 | rsv2, 1)];
    expect(usageErrorOf(() => createTransforms(agreeing("server", a), [b]))).toBe("extension/unknown");
    expect(usageErrorOf(() => createTransforms(agreeing("server", a, b), [a, b]))).toBe("extension/rsv-conflict");
    expect(usageErrorOf(() => createTransforms(agreeing("server", a, a), [a]))).toBe("extension/rsv-conflict");
  });
});
