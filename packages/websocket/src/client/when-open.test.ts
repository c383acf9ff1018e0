import { describe, expect, it } from "vitest";
import { World } from "../../tests/support/link.ts";
import { OpeningError } from "../failure/opening-error.ts";
import { whenOpen } from "./when-open.ts";

describe("opened", () => {
  it("resolves with the socket in time to receive the messages that came with the response", async () => {
    const world = new World({ handler: (opening) => opening.accept().send("welcome") });
    const connect = async () => await whenOpen(new world.WebSocket("ws://example.com/"));
    const socket = await connect();
    const message = await new Promise((resolve) => {
      socket.onmessage = ({ data }) => resolve(data);
    });
    expect(message).toBe("welcome");
    expect(await whenOpen(socket)).toBe(socket);
  });

  it("rejects with the reason given by the server", async () => {
    const world = new World({ handler: (opening) => opening.reject({ status: 401, body: "who are you?" }) });
    const error = await whenOpen(new world.WebSocket("ws://example.com/")).catch((reason: unknown) => reason);
    if (!(error instanceof OpeningError && error.failure.kind === "rejected")) throw new Error(String(error));
    expect(error.failure.response.status).toBe(401);
    expect(new TextDecoder().decode(error.failure.body)).toBe("who are you?");
  });

  it("rejects with the signal's reason, and aborts the attempt", async () => {
    const world = new World({ handler: () => new Promise(() => {}) });
    const controller = new AbortController();
    const socket = new world.WebSocket("ws://example.com/");
    const promise = whenOpen(socket, controller.signal);
    controller.abort("enough");
    await expect(promise).rejects.toBe("enough");
    expect(socket.readyState).toBeGreaterThan(1);
    const late = new world.WebSocket("ws://other.example/");
    await expect(whenOpen(late, controller.signal)).rejects.toBe("enough");
  });
});
