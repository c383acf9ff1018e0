/**
 * The life of a connection behind its interface, from the opening to the end (WHATWG WebSockets §3.1): what `SocketCore`
 * and `StreamCore` have in common. It listens to the pump, knows why the connection failed, and releases everything when it
 * ends.
 */
import type { Agreement, Role, Violation } from "@hybi/core";
import type { ResponseHead } from "@hybi/core/opening";
import { type Failure, failureOf, givenUp } from "../failure/failure.ts";
import { queueMicrotask } from "../platform/runtime.ts";
import { type Closable, type ClosableOwner, leaveOwner } from "../pump/closable.ts";
import type { Diagnostics } from "../pump/diagnostics.ts";
import type { Pump } from "../pump/pump.ts";
import type { Opening, OpeningListener } from "./opening.ts";

/** The values of `readyState` (WHATWG WebSockets §3.1). */
export const CONNECTING = 0;
export const OPEN = 1;
export const CLOSING = 2;
export const CLOSED = 3;
export type ReadyState = typeof CONNECTING | typeof OPEN | typeof CLOSING | typeof CLOSED;

/** The error message in the events of a connection that was ended because memory had run out. */
const shedReason =
  "The server's memory budget was exhausted, and this connection held more of it than others: it was ended with 1013.";

/** Connections that do not keep the process alive. Not a field of each, because few programs ask for it. */
const unreferenced = new WeakSet<Lifecycle>();

/** One connection: `CONNECTING`, then `OPEN` unless the opening fails, `CLOSING`, and `CLOSED` for good. */
export abstract class Lifecycle implements OpeningListener, Closable {
  readyState: ReadyState = CONNECTING;
  owner: ClosableOwner | undefined;
  // `Member`, of the list of the server's connections
  place = 0;
  /** For clients, until the end: the opening, which redirects may repeat. */
  protected opening: Opening | undefined;
  /** From the first transport until the end. */
  protected pump: Pump | undefined;
  /** Why the connection failed: the first reason. */
  protected cause: Failure | undefined;

  /** Every call of application code is guarded on its own. */
  get isGuarded(): boolean {
    return true;
  }

  /** The pump, from the first transport until the end. */
  get currentPump(): Pump | undefined {
    return this.pump;
  }

  /** Milliseconds since the connection opened; 0 before, and after its end. */
  get age(): number {
    return this.pump?.age ?? 0;
  }

  /** Where to publish what happens: nothing is kept for it, since the opening and the server know. */
  protected get diagnostics(): Diagnostics | undefined {
    return (this.opening ?? this.owner)?.diagnostics;
  }

  // For subclasses to implement

  /** The WebSocket or WebSocketStream. */
  abstract readonly target: object;
  /** Whether the connection was ever open. */
  protected abstract get hasOpened(): boolean;
  /** Bytes of memory that wait for the application. */
  abstract get heldLength(): number;
  /** Called when `readyState` has become `OPEN`. */
  protected abstract handleOpen(agreement: Agreement): void;
  /** Called when `readyState` has become `CLOSED`. `pump` has already been released, and may still be read. */
  protected abstract handleEnd(clean: boolean, statusCode: number, reason: string, pump: Pump | undefined): void;
  /** Releases what waits for the application, or to be sent, of a connection that still has to end. */
  protected abstract discard(): void;

  // Called by the interface, and by the server that owns the connection

  /** For clients: starts opening the connection. */
  begin(opening: Opening): void {
    this.opening = opening;
    opening.start();
  }

  /** `statusCode` must already have been checked. */
  startClosing(statusCode: number | undefined, reason: string): void {
    if (this.readyState === CONNECTING) this.giveUp(givenUp);
    else if (this.readyState === OPEN) {
      this.readyState = CLOSING;
      this.sendClose(statusCode, reason);
      // The peer's Close frame may be behind messages that nothing takes any more.
      this.pump!.resume("any");
      this.pump!.requestFlush();
    }
  }

  /** Whether the connection keeps the process alive, from when it has a transport. */
  keepProcess(keeps: boolean): void {
    if (keeps) unreferenced.delete(this);
    else unreferenced.add(this);
    this.pump?.keepProcess(keeps);
  }

  /** Drops the transport in any state. */
  terminate(): void {
    if (this.readyState === CONNECTING) this.giveUp(givenUp);
    else this.pump?.abort();
  }

  // Called by the opening and by the pump

  attach(pump: Pump): void {
    this.pump = pump;
    if (unreferenced.has(this)) pump.keepProcess(false);
  }

  openingFailed(failure: Failure): void {
    this.fail(failure);
    this.end(false, 1006, "");
  }

  /** For servers: the request was over before it was accepted. The end follows, but not in this call. */
  acceptedLate(failure: Failure): void {
    this.fail(failure);
    queueMicrotask(() => this.end(false, 1006, ""));
  }

  request(): void {}

  open(agreement: Agreement): void {
    this.opening?.leave();
    // It was given up in the same turn.
    if (this.readyState !== CONNECTING) return;
    this.readyState = OPEN;
    this.handleOpen(agreement);
    this.diagnostics?.opened(this.target, this.role, agreement);
  }

  /** Called once an accepted socket or stream has its server, which is after it is open. */
  announce(): void {
    const agreement = this.pump?.endpoint.agreement;
    if (agreement !== undefined) this.diagnostics?.opened(this.target, this.role, agreement);
  }

  rejection(response: ResponseHead, body: Uint8Array): void {
    if (this.readyState === CONNECTING && this.opening?.follow(response) === true) return;
    this.fail({ kind: "rejected", response, body });
    // A rejected client has nothing more to send.
    this.pump!.abort();
  }

  abstract text(data: string): void;
  abstract binary(bytes: Uint8Array, start: number, end: number): void;
  abstract flushed(): void;

  piece(): void {}

  ping(payload: Uint8Array): void {
    this.diagnostics?.received("ping", this.target, this.role, payload);
  }

  pong(payload: Uint8Array): void {
    this.diagnostics?.received("pong", this.target, this.role, payload);
  }

  close(): void {
    this.readyState = CLOSING;
  }

  failure(violation: Violation): void {
    const wasConnecting = this.readyState === CONNECTING;
    this.fail(this.pump?.failure ?? failureOf(violation));
    // RFC 6455 §7.1.7: a client whose opening handshake failed drops the transport, without sending or waiting.
    if (wasConnecting && this.opening !== undefined) this.pump!.abort();
  }

  end(clean: boolean, statusCode: number, reason: string): void {
    const { opening, pump } = this;
    opening?.leave();
    if (!clean) this.cause ??= pump?.failure;
    this.readyState = CLOSED;
    const { diagnostics, role, target, cause } = this;
    if (this.hasOpened) diagnostics?.closed(target, role, { code: statusCode, reason, wasClean: clean }, cause);
    else if (role === "client") diagnostics?.failed(target, cause ?? givenUp);
    // Applications keep closed sockets and streams, so release everything except the outcome.
    this.opening = undefined;
    this.pump = undefined;
    this.handleEnd(clean, statusCode, reason, pump);
    leaveOwner(this, pump);
  }

  /** Called when the server is short of memory and this connection holds much of it. */
  shed(): void {
    if (this.readyState === CLOSED) return;
    this.fail({ kind: "given-up", error: new Error(shedReason) });
    this.discard();
    this.pump?.giveUp();
  }

  // Internals

  protected get role(): Role {
    return this.opening === undefined ? "server" : "client";
  }

  /** Sends the Close frame that `startClosing` asks for. */
  protected sendClose(statusCode: number | undefined, reason: string): void {
    this.pump!.endpoint.sendClose(statusCode, reason);
  }

  /** Gives up a connection that is not open yet (WHATWG WebSockets §3.1: "fail the WebSocket connection"). */
  protected giveUp(failure: Failure): void {
    this.fail(failure);
    if (this.opening === undefined) this.pump!.abort();
    else this.opening.abort();
  }

  protected fail(failure: Failure): void {
    this.cause ??= failure;
    this.readyState = CLOSING;
  }
}
