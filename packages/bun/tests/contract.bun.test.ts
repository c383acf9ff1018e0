/** The contract of adapters, in Bun. */
import { connect, listen } from "@hybi/bun";
import { adapterContract, selfSigned } from "@hybi/testing";
import { describe, expect, it } from "vitest";
import { openRaw } from "./open-raw.ts";

const certificate = await selfSigned();
const tls = { ...certificate, trusting: { tls: { ca: certificate.cert } } };

adapterContract("@hybi/bun", { connect, listen, openRaw, tls }, { describe, it, expect });
