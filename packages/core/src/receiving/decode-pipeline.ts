/**
 * Applies the agreed extensions to incoming messages, in the reverse of the order in which the sender applied them (RFC
 * 6455 §9.1). Each extension decides by its own RSV bits on the first frame whether it takes part in a message.
 */

import { booleanOf, wrongResult } from "../checks/callback-result.ts";
import type {
  ActiveTransform,
  MessageTransform,
  RsvBits,
  TransformSink,
  TransformViolation,
} from "../vocabulary/extension.ts";
import type { MessageKind } from "../vocabulary/terms.ts";
import { isConnectionViolation } from "../vocabulary/violation.ts";

/** The transforms of one connection, chained anew for each message. */
export class DecodePipeline {
  /** In receiving order. */
  readonly #transforms: readonly ActiveTransform[];
  readonly #output: TransformSink;
  #stages: MessageTransform[] = [];
  #sinks: TransformSink[] = [];
  #violation: TransformViolation | undefined;

  /** `transforms` are in the order of the agreement; `output` receives the decoded payload. */
  constructor(transforms: readonly ActiveTransform[], output: TransformSink) {
    this.#transforms = [...transforms].reverse();
    this.#output = output;
  }

  /** Begins a message with these RSV bits. Returns whether any transform takes part. */
  begin(kind: MessageKind, rsv: RsvBits): boolean {
    this.#stages = [];
    for (const { transform, rsv: owned } of this.#transforms) {
      if (booleanOf("beginDecode", transform.beginDecode(kind, rsv & owned))) this.#stages.push(transform);
    }
    this.#sinks = this.#stages.map((_, index): TransformSink => {
      const next = this.#stages[index + 1];
      if (next === undefined) return this.#output;
      return (bytes, start, end) => {
        this.#violation ??= violationOf("decode", next.decode(bytes, start, end, this.#sinks[index + 1]!));
        return this.#violation === undefined;
      };
    });
    return this.#stages.length > 0;
  }

  /** Decodes payload of the message. */
  push(bytes: Uint8Array, start: number, end: number): TransformViolation | undefined {
    const own = violationOf("decode", this.#stages[0]!.decode(bytes, start, end, this.#sinks[0]!));
    return this.#violation ?? own;
  }

  /** Ends the message. */
  end(): TransformViolation | undefined {
    for (const [index, stage] of this.#stages.entries()) {
      const own = violationOf("endDecode", stage.endDecode(this.#sinks[index]!));
      this.#violation ??= own;
      if (this.#violation !== undefined) return this.#violation;
    }
    return undefined;
  }
}

function violationOf(name: string, result: TransformViolation | undefined): TransformViolation | undefined {
  if (result === undefined || isConnectionViolation(result)) return result;
  throw wrongResult(name, result);
}
