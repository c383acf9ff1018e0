/**
 * The classes that `@hybi/websocket` makes where the platform has none. In such an engine tests use them in place of the
 * platform's, like an application that has polyfills. Loaded again together with the modules of the package.
 */
import { DOMException } from "../../../packages/websocket/src/dom/dom-exception.ts";
import { createAbortController, Event, EventTarget } from "../../../packages/websocket/src/dom/platform-classes.ts";

const AbortController = createAbortController().constructor;

export { AbortController, DOMException, Event, EventTarget };
