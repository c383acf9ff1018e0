/** Web IDL: the shape of an interface in JavaScript (§3.7), and the conversion of its arguments (§3.2). */

/** Any class. */
interface Class {
  new (...args: never): object;
  readonly prototype: object;
}

/**
 * Gives a class the shape of an interface: its `members` are enumerable, unlike extensions, and its instances have the
 * class string `name`. A minifier may have renamed the class, so its name is set as well.
 */
export function defineInterface(definition: Class, name: string, members: readonly string[]): void {
  const { prototype } = definition;
  Object.defineProperty(definition, "name", { value: name });
  for (const member of members) Object.defineProperty(prototype, member, { enumerable: true });
  Object.defineProperty(prototype, Symbol.toStringTag, { value: name, configurable: true });
}

/** Defines constants of an interface on the class and its prototype: enumerable and read-only. */
export function defineConstants(definition: Class, constants: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(constants)) {
    for (const holder of [definition, definition.prototype]) {
      Object.defineProperty(holder, name, { value, enumerable: true });
    }
  }
}

/**
 * Creates another class of the same interface, with its own copies of all members and the same superclass. Its
 * instances are created by `base`, with the arguments returned by `convert`.
 */
export function sameInterface<Base extends Class>(base: Base, convert: (given: readonly unknown[]) => unknown[]): Base {
  // Extend `base` so that V8 uses one hidden class for all instances; a plain class would not do that.
  const created = class extends (base as Class) {
    // @ts-expect-error: the type of `super` is that of the superclass, but the instance is created by `base`.
    // biome-ignore lint/correctness/noUnreachableSuper: for the same reason.
    constructor(...given: unknown[]) {
      // biome-ignore lint/correctness/noConstructorReturn: the object is created by `base`, and is an instance of this class.
      return Reflect.construct(base, convert(given), new.target);
    }
  };
  Object.setPrototypeOf(created, Object.getPrototypeOf(base));
  Object.setPrototypeOf(created.prototype, Object.getPrototypeOf(base.prototype));
  copyMembers(base, created, "prototype");
  copyMembers(base.prototype, created.prototype, "constructor");
  return withNewRequired(created) as unknown as Base;
}

/**
 * Returns `definition`, but for a call without `new`, whose error says what to write. That of an engine names the class as it stands
 * in the code, or not at all. A function in place of the class would not do: V8 gives instances a hidden class of their own then.
 */
function withNewRequired<Definition extends Class>(definition: Definition): Definition {
  const guarded: Definition = new Proxy(definition, {
    apply() {
      const { name } = definition as { readonly name?: string };
      throw new TypeError(`${name} is a class: write new ${name}(…), and not ${name}(…).`);
    },
    construct: (_, given, newTarget) =>
      Reflect.construct(definition, given, newTarget === guarded ? definition : newTarget),
  });
  Object.defineProperty(definition.prototype, "constructor", { value: guarded });
  return guarded;
}

function copyMembers(from: object, to: object, except: string): void {
  for (const key of Reflect.ownKeys(from)) {
    if (key !== except) Object.defineProperty(to, key, Reflect.getOwnPropertyDescriptor(from, key)!);
  }
}

/**
 * Makes every object for which `isOne` returns true an instance of `definition` and of all classes of the same
 * interface.
 */
export function defineInstances(definition: Class, isOne: (value: object) => boolean): void {
  const hasInstance = function (this: unknown, value: unknown): boolean {
    // A subclass defined by the application only has its own instances.
    const isOneOfThese = isObject(this) && Object.hasOwn(this, Symbol.hasInstance);
    return (
      (isOneOfThese && isObject(value) && isOne(value)) || Function.prototype[Symbol.hasInstance].call(this, value)
    );
  };
  Object.defineProperty(definition, Symbol.hasInstance, { value: hasInstance, configurable: true });
}

/** Checks the number of arguments. @throws TypeError for a missing one, which is not the same as `undefined` */
export function requireArguments(given: ArrayLike<unknown>, count: number, what: string): void {
  if (given.length < count)
    throw new TypeError(`${what} requires at least ${count} argument${count === 1 ? "" : "s"}.`);
}

/** Converts to a DOMString. @throws TypeError for a Symbol */
export function toDomString(value: unknown): string {
  return `${value as string}`;
}

/** Converts to a USVString: a lone surrogate becomes U+FFFD. */
export function toUsvString(value: unknown): string {
  return toDomString(value).replace(/[\ud800-\udfff]/gu, "\ufffd");
}

/** Converts to a dictionary; `undefined` and `null` become empty ones. */
export function toDictionary<Dictionary extends object>(
  value: Dictionary | null | undefined,
  what: string,
): Dictionary {
  if (value === undefined || value === null) return {} as Dictionary;
  if (!isObject(value)) throw new TypeError(`${what} must be an object.`);
  return value;
}

/** Converts a member of a dictionary unless it is missing. */
export function orDefault<Type, Default>(
  value: unknown,
  convert: (given: unknown) => Type,
  missing: Default,
): Type | Default {
  return value === undefined ? missing : convert(value);
}

/** Converts to a sequence of strings. Accepts any iterable object, but not a string. */
export function toSequence(value: unknown, what: string, convert: (item: unknown) => string): string[] {
  if (!isIterable(value)) throw new TypeError(`${what} must be a list.`);
  return Array.from(value, convert);
}

/** Whether Web IDL accepts `value` as a sequence. */
export function isIterable(value: unknown): value is Iterable<unknown> {
  if (!isObject(value)) return false;
  const method = (value as { [Symbol.iterator]?: unknown })[Symbol.iterator];
  return method !== undefined && method !== null;
}

/** Converts to an unsigned short, modulo 65,536. */
export function toUnsignedShort(value: unknown): number {
  const number = toNumber(value);
  const modulo = Number.isFinite(number) ? Math.trunc(number) % 65_536 : 0;
  return modulo < 0 ? modulo + 65_536 : modulo + 0;
}

/** Converts to a [Clamp] unsigned short: rounds to the nearest integer in range, and ties to even. */
export function toClampedUnsignedShort(value: unknown): number {
  const bounded = Math.min(Math.max(toNumber(value) || 0, 0), 65_535);
  const rounded = Math.round(bounded);
  return rounded - bounded === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded;
}

/** Converts to an [EnforceRange] unsigned short. @throws TypeError for values outside 0 to 65,535 */
export function toEnforcedUnsignedShort(value: unknown): number {
  const integer = Math.trunc(toNumber(value));
  if (!(integer >= 0 && integer <= 65_535)) throw new TypeError("The number must be between 0 and 65535.");
  return integer + 0;
}

/** Converts to a number. @throws TypeError for a Symbol and also, unlike `Number`, for a BigInt */
function toNumber(value: unknown): number {
  return +(value as number);
}

function isObject(value: unknown): value is object {
  return typeof value === "function" || (typeof value === "object" && value !== null);
}
