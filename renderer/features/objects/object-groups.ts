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

/** A row of the list: a class, or one of its objects. */
export type ObjectRow =
  | { readonly kind: 'class'; readonly className: string; readonly count: number; readonly isOpen: boolean; readonly place: number; readonly siblings: number }
  | { readonly kind: 'object'; readonly info: ObjectInfo; readonly place: number; readonly siblings: number };

export function objectRows(groups: readonly ObjectGroup[], folded: ReadonlySet<string>): ObjectRow[] {
  const rows: ObjectRow[] = [];
  groups.forEach(({ className, members }, g) => {
    const isOpen = !folded.has(className);
    rows.push({ kind: 'class', className, count: members.length, isOpen, place: g + 1, siblings: groups.length });
    if (!isOpen) return;
    members.forEach((info, m) => {
      rows.push({ kind: 'object', info, place: m + 1, siblings: members.length });
    });
  });
  return rows;
}

/** Where a life lies in the time of a trace, as shares of it. One that is not told of as made was there from the beginning. */
export function lifeShare(info: ObjectInfo, startNs: number, endNs: number): { readonly from: number; readonly to: number } {
  const span = Math.max(1, endNs - startNs);
  const share = (ns: number) => Math.min(1, Math.max(0, (ns - startNs) / span));
  const from = share(info.createdNs ?? startNs);
  return { from, to: Math.max(from, share(info.deletedNs ?? endNs)) };
}
