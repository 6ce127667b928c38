/** Problems of an inspection, each at its field, with a fix where one click can do it. */
import type { LaunchConfig } from '../../../core/protocol/session-types.ts';
import type { LaunchInspection } from '../../../core/protocol/studio-api.ts';
import type { FieldProblem } from '../../widgets/index.ts';

export type LaunchField = LaunchInspection['problems'][number]['field'];

/** What one click can repair, by the problem's code; only fixes that are sure to be what was meant. */
function fixFor(code: string, field: LaunchField): { readonly label: string; readonly change: Partial<LaunchConfig> } | undefined {
  if (field === 'cwd') return { label: 'Use the script’s folder', change: { cwd: '' } };
  if (field === 'nodePath' && code !== 'no-node') return { label: 'Use the Node of the project', change: { nodePath: '' } };
  if (field === 'nodeFlags') return { label: 'Clear the flags', change: { nodeFlags: '' } };
  return undefined;
}

export function problemAt(
  inspection: LaunchInspection | undefined,
  field: LaunchField,
  apply: (change: Partial<LaunchConfig>) => void,
): FieldProblem | undefined {
  const found = inspection?.problems.find((each) => each.field === field);
  if (!found) return undefined;
  const fix = fixFor(found.code, field);
  return { message: found.message, remedy: found.remedy, fix: fix && { label: fix.label, apply: () => apply(fix.change) } };
}

/** What Node's permission model keeps the tracer from; the flags that are missing are added where they are typed. */
export function permissionNotice(
  { nodeFlags, target }: Pick<LaunchConfig, 'nodeFlags' | 'target'>,
  inspection: LaunchInspection | undefined,
  apply: (change: Partial<LaunchConfig>) => void,
): FieldProblem | undefined {
  const note = inspection?.permissions;
  if (!note) return undefined;
  const { message, remedy, flags } = note;
  // Those of an npm script stand in package.json.
  if (target.kind === 'npm-script') return { message, remedy };
  return { message, remedy, fix: { label: 'Add them', apply: () => apply({ nodeFlags: `${nodeFlags.trim()} ${flags}`.trim() }) } };
}
