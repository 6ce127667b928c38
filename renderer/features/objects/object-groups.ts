import type { ObjectInfo } from '../../trace/trace-worker-api.ts';

export interface ObjectGroup {
  readonly className: string;
  readonly members: readonly ObjectInfo[];
}

/** In the order in which the classes appeared. Those that live stand before those that were deleted. */
export function groupByClass(objects: readonly ObjectInfo[]): ObjectGroup[] {
  const groups = new Map<string, { alive: ObjectInfo[]; deleted: ObjectInfo[] }>();
  for (const object of objects) {
    let group = groups.get(object.className);
    if (!group) {
      group = { alive: [], deleted: [] };
      groups.set(object.className, group);
    }
    (object.deletedNs === undefined ? group.alive : group.deleted).push(object);
  }
  return [...groups].map(([className, { alive, deleted }]) => ({ className, members: [...alive, ...deleted] }));
}
