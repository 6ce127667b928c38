/**
 * Which request the code belongs to that runs now: what it starts names that as its parent. By AsyncLocalStorage where that costs little, from Node 24 on; before, it
 * is made of `async_hooks`, and would make every promise of the script several times dearer.
 */
export interface Belonging {
  /** What runs from here on belongs to `operation`. */
  enter(operation: number): void;
  readonly current: () => number;
}

export function belonging(): Belonging {
  if (!hasCheapStorage()) return { enter: () => {}, current: () => 0 };
  const { AsyncLocalStorage } = process.getBuiltinModule('node:async_hooks');
  let storage: InstanceType<typeof AsyncLocalStorage<number>> | undefined;
  return {
    enter: (operation) => {
      storage ??= new AsyncLocalStorage<number>();
      storage.enterWith(operation);
    },
    current: () => storage?.getStore() ?? 0,
  };
}

function hasCheapStorage(): boolean {
  if (Number.parseInt(process.versions.node, 10) < 24) return false;
  return ![...process.execArgv, process.env.NODE_OPTIONS ?? ''].some((flag) => flag.includes('--no-async-context-frame'));
}
