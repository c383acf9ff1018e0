/** A site, and a page of it in the browser, for the tests of one way to connect. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, inject } from "vitest";
import { type BrowserName, browsers, isBrowserName } from "./browsers.ts";
import { Site, type Way } from "./site.ts";

export class World {
  readonly way: Way;
  #site: Site | undefined;
  #browser: Browser | undefined;
  #context: BrowserContext | undefined;
  #page: Page | undefined;

  constructor(way: Way) {
    this.way = way;
  }

  get site(): Site {
    return made(this.#site);
  }

  get context(): BrowserContext {
    return made(this.#context);
  }

  get page(): Page {
    return made(this.#page);
  }

  /** URL for sockets of the page. */
  get url(): string {
    return this.site.url(this.way);
  }

  /** Origin of the page. */
  get origin(): string {
    return this.site.origin(this.way);
  }

  get browser(): BrowserName {
    const name = process.env.HYBI_BROWSER;
    if (isBrowserName(name)) return name;
    throw new Error("bug: browser-setup.ts has not run");
  }

  /** Opens a page that runs `script`. */
  async begin(script: string = inject("script")): Promise<void> {
    this.#site = await Site.open(script);
    this.#browser = await browsers[this.browser].type.connect(inject("browser"));
    this.#context = await this.#browser.newContext({ ignoreHTTPSErrors: true });
    this.#page = await this.#context.newPage();
    await this.#page.goto(this.origin);
  }

  async end(): Promise<void> {
    await this.#context?.close();
    await this.#browser?.close();
    await this.#site?.close();
  }
}

function made<Thing>(thing: Thing | undefined): Thing {
  if (thing === undefined) throw new Error("bug: used outside of a test");
  return thing;
}

/** Defines tests that share a page, for each of `ways`. */
export function describeInPage(title: string, ways: readonly Way[], tests: (world: World) => void): void {
  describe.each(ways)(`${title}, over %s`, (way) => {
    const world = new World(way);
    beforeAll(() => world.begin());
    afterAll(() => world.end());
    tests(world);
  });
}
