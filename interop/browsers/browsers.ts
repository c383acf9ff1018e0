/** The browsers as Debian has them, which playwright-core drives; it brings none of its own. */
import { type BrowserType, chromium, firefox, type LaunchOptions } from "playwright-core";

export type BrowserName = "chromium" | "firefox";

interface BrowserKind {
  readonly program: string;
  /** Of Debian. */
  readonly package: string;
  readonly type: BrowserType;
  readonly options: LaunchOptions;
}

export const browsers: Readonly<Record<BrowserName, BrowserKind>> = {
  chromium: {
    program: "/usr/bin/chromium",
    package: "chromium",
    type: chromium,
    options: {
      args: [
        // A container has no namespaces to make a sandbox of, and no graphics card. Only our own server is visited.
        ...["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run"],
        ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
      ],
    },
  },
  firefox: {
    program: "/usr/bin/firefox-esr",
    package: "firefox-esr",
    type: firefox,
    // WebDriver BiDi: the other protocol is of a Firefox that was patched for it.
    options: {
      channel: "moz-firefox",
      // After an opening that failed it lets the next one to the same host wait for seconds (RFC 6455 §7.2.3).
      firefoxUserPrefs: { "network.websocket.delay-failed-reconnects": false },
    },
  },
};

export function isBrowserName(name: string | undefined): name is BrowserName {
  return name !== undefined && Object.hasOwn(browsers, name);
}
