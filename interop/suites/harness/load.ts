/** Loads the modules of the script that bundle.ts makes. It stands at the beginning of that script and imports nothing. */

interface Module {
  exports: unknown;
}
type Require = (specifier: string) => unknown;
/** A module in the form of CommonJS, and the path for each specifier that it imports. */
type Source = [run: (module: Module, exports: unknown, require: Require) => void, meanings: Record<string, string>];

/** What `main` exports, and how it loads modules. */
export interface Loaded {
  /** Loads a module, unless it is loaded. */
  load(path: string): unknown;
  /** Forgets the modules of our packages, and what comes from them, so that they are loaded again. Others, such as fast-check, stay. */
  reset(): void;
  /** Gives `require` a module that the script does not have, in Node. */
  requireElsewhere: Require | undefined;
}

export function load(sources: Record<string, Source>, main: string): Loaded {
  const loaded = new Map<string, Module>();

  function loadModule(path: string): unknown {
    const known = loaded.get(path);
    if (known !== undefined) return known.exports;
    const source = sources[path];
    if (source === undefined) {
      if (self.requireElsewhere !== undefined) return self.requireElsewhere(path);
      throw new Error(`The suites contain no ${path}.`);
    }
    const [run, meanings] = source;
    const module: Module = { exports: {} };
    loaded.set(path, module);
    run.call(undefined, module, module.exports, (specifier) => loadModule(meanings[specifier] ?? specifier));
    return module.exports;
  }

  const self: Loaded = {
    load: loadModule,
    reset() {
      for (const path of loaded.keys()) if (/^packages\/|own-classes/.test(path)) loaded.delete(path);
    },
    requireElsewhere: undefined,
  };
  // The harness itself finds the loader here.
  (globalThis as { hybiSuites?: Loaded }).hybiSuites = self;
  return Object.assign(self, loadModule(main));
}
