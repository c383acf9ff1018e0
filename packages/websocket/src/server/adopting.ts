/** Options of `WebSocketServer.adopt`, which takes over connections whose opening handshake was performed by other means. */
import type { Extension } from "@hybi/core";
import { checkOptions, type OptionChecks, takes } from "@hybi/core/options";
import type { BinaryType, TextType } from "../dom/message-data.ts";
import { endpointChecks } from "../socket/endpoint-checks.ts";
import { type AgreedTransport, checkAgreedTransport } from "../transport/agreed-transport.ts";

/** Options of `adopt()`. */
export interface AdoptOptions {
  /** The URL of the socket: the one that the client requested. Default: empty. */
  readonly url?: string | undefined;
  /** How binary messages are delivered; overrides the server's `binaryType`. */
  readonly binaryType?: BinaryType | undefined;
  /** How text messages are delivered; overrides the server's `textType`. */
  readonly textType?: TextType | undefined;
  /** The extensions among which those of the agreement are. Default: the server's. */
  readonly extensions?: readonly Extension[] | undefined;
  /** The `context` of the socket: anything of the application. */
  readonly context?: unknown;
}

const adoptChecks: OptionChecks<AdoptOptions> = {
  url: takes.text,
  binaryType: endpointChecks.binaryType,
  textType: endpointChecks.textType,
  extensions: endpointChecks.extensions,
  context: takes.anything,
};

/** Checks the arguments of `adopt`. @throws UsageError `option/unknown`, `option/type` */
export function checkAdoption(opened: AgreedTransport, options: AdoptOptions): void {
  checkAgreedTransport(opened, "What adopt takes over");
  checkOptions("adopt", options, adoptChecks, { headers: "answerOpeningRequest(request, { fields: … })" });
}
