/** The browsers installed from Debian, driven by playwright-core, which brings none of its own. */
import { type BrowserType, chromium, firefox, type LaunchOptions } from "playwright-core";

export type BrowserName = "chromium" | "firefox";

interface BrowserKind {
  readonly program: string;
  /** Name of the Debian package. */
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
        // A container has no namespaces for a sandbox, and no graphics card. The browser visits only our own server.
        ...["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run"],
        ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
      ],
    },
  },
  firefox: {
    program: "/usr/bin/firefox-esr",
    package: "firefox-esr",
    type: firefox,
    // WebDriver BiDi: the other protocol requires a patched Firefox.
    options: {
      channel: "moz-firefox",
      // After a failed opening, Firefox delays the next one to the same host by seconds (RFC 6455 §7.2.3).
      firefoxUserPrefs: { "network.websocket.delay-failed-reconnects": false },
    },
  },
};

export function isBrowserName(name: string | undefined): name is BrowserName {
  return name !== undefined && Object.hasOwn(browsers, name);
}
