/** How functions are called in a trace: as people would say it. */
import type { Node } from './syntax.ts';

const MAX_KEY = 60;

/** The text of a key in an object or a class; computed ones in their brackets. */
export function keyName(source: string, key: Node, computed: boolean): string {
  if (!computed) {
    if (key.type === 'Identifier') return key.name ?? '';
    if (key.type === 'PrivateIdentifier') return `#${key.name ?? ''}`;
    return oneLine(String(key.value));
  }
  if (key.type === 'Literal') return oneLine(String(key.value));
  return `[${oneLine(source.slice(key.start, key.end))}]`;
}

/** A function that is assigned to `target`. `self`: what `this` is here. */
export function targetName(source: string, target: Node, self: string | undefined): string | undefined {
  if (target.type === 'Identifier') return target.name;
  if (target.type !== 'MemberExpression' || !target.object || !target.property) return undefined;
  const property = keyName(source, target.property, target.computed === true);
  const owner = ownerName(source, target.object, self);
  if (isExports(target)) return undefined;
  return owner === undefined ? property : `${owner}.${property}`;
}

function ownerName(source: string, object: Node, self: string | undefined): string | undefined {
  if (object.type === 'ThisExpression') return self;
  if (object.type === 'Identifier') return object.name === 'exports' ? undefined : object.name;
  if (object.type !== 'MemberExpression' || !object.object || !object.property || isExports(object)) return undefined;
  const property = keyName(source, object.property, object.computed === true);
  return property === 'prototype' ? ownerName(source, object.object, self) : property;
}

const isExports = ({ object, property, computed }: Node): boolean =>
  computed !== true && object?.type === 'Identifier' && object.name === 'module' && property?.type === 'Identifier' && property.name === 'exports';

/** A name stands on one line of a table, and is bounded. */
export function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > MAX_KEY ? `${line.slice(0, MAX_KEY)}…` : line;
}

/** Names that a pattern binds. */
export function boundNames(pattern: Node | null | undefined, into: string[] = []): string[] {
  switch (pattern?.type) {
    case 'Identifier':
      into.push(pattern.name ?? '');
      break;
    case 'ObjectPattern':
      for (const property of pattern.properties ?? []) boundNames(property.type === 'RestElement' ? property.argument : property.value, into);
      break;
    case 'ArrayPattern':
      for (const element of pattern.elements ?? []) boundNames(element, into);
      break;
    case 'AssignmentPattern':
      boundNames(pattern.left, into);
      break;
    case 'RestElement':
      boundNames(pattern.argument, into);
      break;
    default:
  }
  return into;
}
