import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { WebSocketServer } from "control";
import { JSDOM } from "jsdom";
import { eventually, limit } from "./support.mjs";

async function serve(t) {
  const server = new WebSocketServer({
    port: 0,
    host: "127.0.0.1",
    perMessageDeflate: true,
    handleProtocols: (protocols) => (protocols.has("second") ? "second" : false),
    verifyClient: ({ req }, answer) => answer(!req.url.startsWith("/refused"), 403),
  });
  const requests = [];
  server.on("connection", (socket, request) => {
    requests.push(request);
    socket.on("message", (data, isBinary) => {
      if (String(data) === "bye") socket.close(4004, "as yoü wish");
      else if (String(data) === "cut") socket.terminate();
      else socket.send(data, { binary: isBinary });
    });
  });
  await once(server, "listening");
  t.after(() => server.close());
  const { port } = server.address();
  const page = (script) => {
    const dom = new JSDOM(`<script>const base = "ws://127.0.0.1:${port}"; const log = []; ${script}</script>`, {
      url: `http://127.0.0.1:${port}/page`,
      runScripts: "dangerously",
    });
    t.after(() => dom.window.close());
    return (expression) => JSON.parse(dom.window.eval(`JSON.stringify(${expression})`) ?? "null");
  };
  return { server, page, requests };
}

test("the whole life of a socket in a page", limit, async (t) => {
  const { page, requests } = await serve(t);
  const read = page(`
    document.cookie = "a=b";
    const socket = new WebSocket(base + "/chat?x=1", ["first", "second"]);
    socket.binaryType = "arraybuffer";
    log.push(socket.readyState);
    socket.onopen = () => {
      log.push([socket.readyState, socket.protocol, socket.url === base + "/chat?x=1"]);
      socket.send("tëxt");
      socket.send(new Uint8Array([1, 2, 3]));
      socket.send("y".repeat(100000));
      socket.send("bye");
    };
    socket.onmessage = ({ data, origin }) =>
      log.push(typeof data === "string" ? data.slice(0, 5) + data.length : [...new Uint8Array(data)]);
    socket.onerror = () => log.push("error");
    socket.onclose = ({ code, reason, wasClean }) => log.push([code, reason, wasClean, socket.readyState]);
  `);
  await eventually(() => read("log.length") === 6);
  assert.deepEqual(read("log"), [
    0,
    [1, "second", true],
    "tëxt4",
    [1, 2, 3],
    "yyyyy100000",
    [4004, "as yoü wish", true, 3],
  ]);
  assert.equal(requests[0].url, "/chat?x=1");
  assert.equal(requests[0].headers.cookie, "a=b");
  assert.equal(requests[0].headers.origin, `http://${requests[0].headers.host}`);
});

test("blobs both ways, and bufferedAmount", limit, async (t) => {
  const { page } = await serve(t);
  const read = page(`
    const socket = new WebSocket(base, "second");
    socket.onopen = () => { socket.send(new Blob([new Uint8Array([9, 8, 7])])); log.push(socket.bufferedAmount); };
    socket.onmessage = ({ data }) => {
      const reader = new FileReader();
      reader.onload = () => { log.push([...new Uint8Array(reader.result)]); socket.close(1000, "fin"); };
      log.push(data instanceof Blob);
      reader.readAsArrayBuffer(data);
    };
    socket.onclose = ({ code, wasClean }) => log.push([code, wasClean, socket.bufferedAmount]);
  `);
  await eventually(() => read("log.length") === 4);
  assert.deepEqual(read("log"), [3, true, [9, 8, 7], [1000, true, 0]]);
});

test("a refusal, a server that is not there, and a connection that is cut are errors and 1006", limit, async (t) => {
  const { page } = await serve(t);
  const read = page(`
    function watch(name, url, protocol, onopen) {
      const socket = new WebSocket(url, protocol);
      socket.onopen = () => onopen?.(socket);
      socket.onerror = () => log.push(name + " error");
      socket.onclose = ({ code, wasClean }) => log.push([name, code, wasClean]);
    }
    watch("refused", base + "/refused", "second");
    watch("gone", "ws://127.0.0.1:1/", "second");
    watch("cut", base + "/cut", "second", (socket) => socket.send("cut"));
    watch("protocol", base + "/", "third");
  `);
  await eventually(() => read("log.filter((entry) => typeof entry !== 'string').length") === 4);
  const log = read("log");
  const endOf = (name) => log.find((entry) => entry[0] === name);
  for (const name of ["refused", "gone", "protocol"]) assert.deepEqual(endOf(name), [name, 1006, false]);
  // jsdom calls this one clean.
  assert.equal(endOf("cut")[1], 1006);
  for (const name of ["refused", "gone", "protocol"]) assert.ok(log.includes(`${name} error`), `${name}: no error`);
});

test("a window that is closed takes its sockets with it", limit, async (t) => {
  const { server, page } = await serve(t);
  const read = page(`const socket = new WebSocket(base, "second"); socket.onopen = () => log.push("open");`);
  await eventually(() => read("log.length") === 1);
  const [client] = server.clients;
  const closed = once(client, "close");
  page("");
  read("window.close()");
  await closed;
  assert.equal(server.clients.size, 0);
});
