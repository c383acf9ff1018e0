/** Web IDL: what an interface looks like to JavaScript (§3.7), and how it converts its arguments (§3.2). */

/** Any class. */
interface Class {
  new (...args: never): object;
  readonly prototype: object;
}

/**
 * Gives a class the shape of an interface: its `members` are enumerable, which extensions are not, and its objects have the
 * class string `name`. A minifier may have changed the name of the class.
 */
export function defineInterface(definition: Class, name: string, members: readonly string[]): void {
  const { prototype } = definition;
  Object.defineProperty(definition, "name", { value: name });
  for (const member of members) Object.defineProperty(prototype, member, { enumerable: true });
  Object.defineProperty(prototype, Symbol.toStringTag, { value: name, configurable: true });
}

/** Constants of an interface: enumerable, and never to be changed, of the class and of its objects. */
export function defineConstants(definition: Class, constants: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(constants)) {
    for (const holder of [definition, definition.prototype]) {
      Object.defineProperty(holder, name, { value, enumerable: true });
    }
  }
}

/**
 * Another class of the same interface, with all its members for its own and the same class above it. Its objects are those of
 * `base`, made with what `convert` makes of the arguments.
 */
export function sameInterface<Base extends Class>(base: Base, convert: (given: readonly unknown[]) => unknown[]): Base {
  // A class with another above it, and not a plain one: V8 then has one map for all objects that are made for it.
  const created = class extends (base as Class) {
    // @ts-expect-error: `super` makes an object of the class above, and this one is made by `base`.
    // biome-ignore lint/correctness/noUnreachableSuper: for the same reason.
    constructor(...given: unknown[]) {
      // biome-ignore lint/correctness/noConstructorReturn: the object is made by `base`, and is one of this class.
      return Reflect.construct(base, convert(given), new.target);
    }
  };
  Object.setPrototypeOf(created, Object.getPrototypeOf(base));
  Object.setPrototypeOf(created.prototype, Object.getPrototypeOf(base.prototype));
  copyMembers(base, created, "prototype");
  copyMembers(base.prototype, created.prototype, "constructor");
  return created as unknown as Base;
}

function copyMembers(from: object, to: object, except: string): void {
  for (const key of Reflect.ownKeys(from)) {
    if (key !== except) Object.defineProperty(to, key, Reflect.getOwnPropertyDescriptor(from, key)!);
  }
}

/** Lets every object for which `isOne` holds count as an instance of `definition`, and of those of the same interface. */
export function defineInstances(definition: Class, isOne: (value: object) => boolean): void {
  const hasInstance = function (this: unknown, value: unknown): boolean {
    // A class of the application's, below one of these, has its own objects only.
    const isOneOfThese = isObject(this) && Object.hasOwn(this, Symbol.hasInstance);
    return (
      (isOneOfThese && isObject(value) && isOne(value)) || Function.prototype[Symbol.hasInstance].call(this, value)
    );
  };
  Object.defineProperty(definition, Symbol.hasInstance, { value: hasInstance, configurable: true });
}

/** An argument is missing, which is not the same as `undefined`. */
export function requireArguments(given: ArrayLike<unknown>, count: number, what: string): void {
  if (given.length < count) throw new TypeError(`${what} takes ${count} argument${count === 1 ? "" : "s"} at least.`);
}

/** A DOMString. Throws a TypeError for a Symbol. */
export function toDomString(value: unknown): string {
  return `${value as string}`;
}

/** A USVString: a lone surrogate becomes U+FFFD. */
export function toUsvString(value: unknown): string {
  return toDomString(value).replace(/[\ud800-\udfff]/gu, "\ufffd");
}

/** A dictionary; `undefined` and `null` are empty ones. */
export function toDictionary<Dictionary extends object>(
  value: Dictionary | null | undefined,
  what: string,
): Dictionary {
  if (value === undefined || value === null) return {} as Dictionary;
  if (!isObject(value)) throw new TypeError(`${what} must be an object.`);
  return value;
}

/** A member of a dictionary, converted unless it is missing. */
export function orDefault<Type, Default>(
  value: unknown,
  convert: (given: unknown) => Type,
  missing: Default,
): Type | Default {
  return value === undefined ? missing : convert(value);
}

/** A sequence of strings: of anything that can be iterated over, but of no string. */
export function toSequence(value: unknown, what: string, convert: (item: unknown) => string): string[] {
  if (!isIterable(value)) throw new TypeError(`${what} must be a list.`);
  return Array.from(value, convert);
}

/** Whether Web IDL takes `value` for a sequence. */
export function isIterable(value: unknown): value is Iterable<unknown> {
  if (!isObject(value)) return false;
  const method = (value as { [Symbol.iterator]?: unknown })[Symbol.iterator];
  return method !== undefined && method !== null;
}

/** An unsigned short, modulo 65,536. */
export function toUnsignedShort(value: unknown): number {
  const number = toNumber(value);
  const modulo = Number.isFinite(number) ? Math.trunc(number) % 65_536 : 0;
  return modulo < 0 ? modulo + 65_536 : modulo + 0;
}

/** [Clamp] unsigned short: the nearest integer within, of two the even one. */
export function toClampedUnsignedShort(value: unknown): number {
  const bounded = Math.min(Math.max(toNumber(value) || 0, 0), 65_535);
  const rounded = Math.round(bounded);
  return rounded - bounded === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded;
}

/** [EnforceRange] unsigned short. Throws a TypeError for what is not between 0 and 65,535. */
export function toEnforcedUnsignedShort(value: unknown): number {
  const integer = Math.trunc(toNumber(value));
  if (!(integer >= 0 && integer <= 65_535)) throw new TypeError("The number must be between 0 and 65535.");
  return integer + 0;
}

/** Throws a TypeError for a Symbol, and, as `Number` does not, for a BigInt. */
function toNumber(value: unknown): number {
  return +(value as number);
}

function isObject(value: unknown): value is object {
  return typeof value === "function" || (typeof value === "object" && value !== null);
}
