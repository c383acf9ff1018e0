import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import puppeteer from "puppeteer-core";

const quiet = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts Chromium, and returns the address of its DevTools. */
async function chromium(t) {
  const profile = mkdtempSync(join(tmpdir(), "hybi-chromium-"));
  const program = process.env.HYBI_CHROMIUM ?? "/usr/bin/chromium";
  const child = spawn(
    program,
    ["--headless", "--remote-debugging-port=0", `--user-data-dir=${profile}`, ...quiet, "about:blank"],
    {
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  t.after(async () => {
    const exited = once(child, "exit");
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await exited;
    }
    // Processes of Chromium that end later may still write into it.
    rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });
  for await (const line of createInterface(child.stderr)) {
    const found = /DevTools listening on (ws:\S+)/.exec(line);
    if (found) {
      child.stderr.resume();
      return found[1];
    }
  }
  throw new Error("Chromium has ended.");
}

test("Chromium is driven over CDP", { timeout: 120_000 }, async (t) => {
  const browser = await puppeteer.connect({ browserWSEndpoint: await chromium(t) });
  assert.match(await browser.version(), /Chrom/);
  const page = await browser.newPage();

  await t.test("evaluates, with texts in many scripts", async () => {
    await page.setContent("<h1>Grüße 日本 🎉</h1><button onclick=\"this.textContent = 'clicked'\">x</button>");
    assert.equal(await page.$eval("h1", (element) => element.textContent), "Grüße 日本 🎉");
    await page.click("button");
    assert.equal(await page.$eval("button", (element) => element.textContent), "clicked");
  });

  await t.test("messages of megabytes both ways", async () => {
    const text = "0123456789abcdef".repeat(200_000);
    assert.equal(await page.evaluate((value) => value.length, text), text.length);
    assert.equal(await page.evaluate((value) => value + value, text), text + text);
  });

  await t.test("500 calls under way at once", async () => {
    const answers = await Promise.all(
      Array.from({ length: 500 }, (_, index) => page.evaluate((value) => value * 2, index)),
    );
    assert.deepEqual(
      answers,
      Array.from({ length: 500 }, (_, index) => index * 2),
    );
  });

  await t.test("events, a binding and an intercepted request", async () => {
    const heard = [];
    page.on("console", (message) => heard.push(message.text()));
    await page.exposeFunction("ask", (value) => `answer to ${value}`);
    await page.setRequestInterception(true);
    page.on("request", (request) =>
      request.respond({ status: 200, contentType: "text/html", body: `<p>made of ${request.url()}</p>` }),
    );
    await page.goto("http://127.0.0.1:9/made");
    assert.equal(await page.$eval("p", (element) => element.textContent), "made of http://127.0.0.1:9/made");
    assert.equal(await page.evaluate(() => globalThis.ask("all")), "answer to all");
    await page.evaluate(() => console.log("from the page"));
    assert.deepEqual(heard, ["from the page"]);
  });

  await t.test("a picture", async () => {
    const png = await page.screenshot();
    assert.deepEqual(
      [...png.subarray(1, 4)],
      [..."PNG"].map((char) => char.charCodeAt(0)),
    );
  });

  await t.test("the end of the browser is noticed", async () => {
    const disconnected = once(browser, "disconnected");
    await browser.close();
    await disconnected;
    assert.equal(browser.connected, false);
  });
});
