import { ClientConfig, DeadlineConfig } from "@hybi/core";
import { describe, expect, it } from "vitest";
import { ClassOptions } from "./client-setup.ts";
import { createWebSocketClass } from "./create-websocket-class.ts";
import type { ClientSocketOptions, ConnectTarget } from "./socket-options.ts";

describe("the setup of a client", () => {
  it("is made once for all sockets of a class without options of their own [R25]", () => {
    const own = ClassOptions.of({ protocols: "chat", deadlines: { opening: 5 } });
    const setup = ClassOptions.setupOf(own);
    expect(ClassOptions.setupOf(own)).toBe(setup);
    expect(setup.config.terms).toMatchObject({ subprotocols: ["chat"], requireSubprotocol: true });
    expect([setup.config, setup.deadlines]).toEqual([expect.any(ClientConfig), expect.any(DeadlineConfig)]);
    expect(setup.deadlines.opening).toBe(5);
  });

  it("is made for each socket with options of its own", () => {
    const options: ClientSocketOptions = { limits: { message: 5 } };
    const setup = ClassOptions.setupOf(options);
    expect(ClassOptions.setupOf(options)).not.toBe(setup);
    expect(setup.config.limits.message).toBe(5);
  });

  it("throws for options that cannot be sent, when the socket is constructed [R25]", () => {
    const targets: ConnectTarget[] = [];
    const Socket = createWebSocketClass((target) => {
      targets.push(target);
      throw new Error("not today");
    });
    const codes = [{ fields: [["Host", "b"]] as const }, { extensions: [{ name: "a b" }] as never }].map((options) => {
      try {
        new Socket("ws://example.com/", options);
        return "none";
      } catch (error) {
        return (error as Error).name;
      }
    });
    expect(codes).toEqual(["UsageError", "UsageError"]);
    expect(targets).toEqual([]);
  });
});
