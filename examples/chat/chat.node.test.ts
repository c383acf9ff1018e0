import { runInNewContext } from "node:vm";
import { connect, type OpeningError, WebSocket } from "@hybi/node";
import { describe, expect, it, onTestFinished } from "vitest";
import { start } from "../tests/program.ts";
import { type Chat, openChat } from "./chat.ts";

async function open(): Promise<Chat> {
  const chat = await openChat(0);
  onTestFinished(() => chat.close());
  return chat;
}

/** Enters with `first` as the first message, and returns how that ends. */
async function enter(url: string, first: string | Uint8Array): Promise<unknown> {
  const socket = await connect(url.replace("http", "ws"));
  onTestFinished(() => socket.terminate());
  return new Promise((resolve) => {
    socket.onmessage = ({ data }) => resolve(data);
    socket.onclose = ({ code }) => resolve(code);
    socket.send(first);
  });
}

describe("the chat server", () => {
  it("uses the first message as the name, if it is valid and not taken", async () => {
    const { url } = await open();
    expect(await enter(url, "Ann")).toBe("* Ann has joined");
    expect(await enter(url, "Ann")).toBe(4001);
    expect(await enter(url, "Ann: I am")).toBe(4000);
    expect(await enter(url, Uint8Array.of(1))).toBe(1003);
    expect(await enter(url.replace("lobby", "tea"), "Ann")).toBe("* Ann has joined");
  });

  it("rejects pages of other sites, and URLs that are not rooms", async () => {
    const { url } = await open();
    const status = async (path: string, origin: string): Promise<number | undefined> => {
      const opening = connect(new URL(path, url.replace("http", "ws")), { origin });
      const error = await opening.then((socket) => socket.terminate()).catch((thrown: OpeningError) => thrown);
      return error?.failure.kind === "rejected" ? error.failure.response.status : undefined;
    };
    expect(await status("/rooms/tea", "https://evil.example")).toBe(403);
    expect(await status("/rooms/tea", new URL(url).origin)).toBe(undefined);
    expect(await status("/rooms/../tea", new URL(url).origin)).toBe(404);
  });

  it("fails a connection whose message is longer than a chat needs", async () => {
    const { url } = await open();
    expect(await enter(url, "x".repeat(5_000))).toBe(1009);
  });
});

describe("the page of the chat", () => {
  it("joins its room, and shows messages of others as text", async () => {
    const { url } = await open();
    const response = await fetch(url);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const script = /<script>([\s\S]*)<\/script>/.exec(await response.text())?.[1] ?? "";

    // The minimal part of a browser that the script needs.
    const shown: string[] = [];
    await new Promise<void>((resolve) => {
      const input = { value: "" };
      const form: { onsubmit?: (event: object) => void } = {};
      const submit = (value: string): void => {
        input.value = value;
        form.onsubmit?.({ preventDefault() {} });
      };
      const append = ({ textContent }: { textContent: string }): void => {
        shown.push(textContent);
        if (shown.length === 1) submit("<b>\u001b[31mhello");
        else resolve();
      };
      const elements: Record<string, object> = { lines: { append }, form, input };
      const document = { getElementById: (id: string) => elements[id], createElement: () => ({}) };
      class PageSocket extends WebSocket {
        constructor(target: string) {
          super(target, { origin: new URL(url).origin });
          onTestFinished(() => this.terminate());
          this.onopen = () => submit("Ann");
        }
      }
      runInNewContext(script, { document, location: { href: url }, WebSocket: PageSocket });
    });
    expect(shown).toEqual(["* Ann has joined", "Ann: <b>\ufffd[31mhello"]);
  });
});

describe("the chat's programs", () => {
  it("talk to each other in the room of their URL, and leave when their input ends", async () => {
    const server = start(["chat/server.ts", "0"]);
    const url = (await server.line("listening on")).replace("listening on ", "");
    const ann = start(["chat/client.ts", "Ann", url]);
    await ann.line("* Ann has joined");
    const bob = start(["chat/client.ts", "Bob", url]);
    await ann.line("* Bob has joined");
    bob.say("hello");
    expect(await ann.line("Bob")).toBe("* Bob has joined");
    await ann.line("Bob: hello");
    bob.endInput();
    expect(await bob.exit).toBe(0);
    await ann.line("* Bob has left");

    server.kill("SIGTERM");
    await ann.line("* the end: 1001 The chat is over.");
    expect(await ann.exit).toBe(0);
    expect(await server.exit).toBe(0);
  });
});
