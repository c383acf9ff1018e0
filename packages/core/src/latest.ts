/** Settings that nearly all connections of a process have in common, and therefore share: each holds on to its own else. */

/** Holds on to the latest of objects that are compared by their properties. */
export class Latest<Settings extends object> {
  #latest: Settings | undefined;

  constructor(first?: Settings) {
    this.#latest = first;
  }

  /** The latest object if it has the properties of `settings`, and else `settings`, which must not change afterwards. */
  like(settings: Settings): Settings {
    if (this.#latest === undefined || !isSame(settings, this.#latest)) this.#latest = settings;
    return this.#latest;
  }
}

/** Of objects with the same names of properties. */
function isSame<Settings extends object>(left: Settings, right: Settings): boolean {
  for (const name in left) if (left[name] !== right[name]) return false;
  return true;
}
