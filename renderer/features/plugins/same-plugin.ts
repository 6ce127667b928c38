/** Which entry of the list a plugin of a run or of the run configuration is: by the file that it comes from, however it was typed. */
import { builtInName } from '../../../core/plugin-api/built-in-name.ts';
import type { PluginChoice } from '../../../core/protocol/session-types.ts';
import type { LaunchInspection, PluginEntry, PluginInspection } from '../../../core/protocol/studio-api.ts';
import { splitSpec } from './argument-text.ts';

export interface NamedPlugin {
  /** First word of its text. */
  readonly module: string;
  /** Where that was found; undefined while it is not known. */
  readonly file?: string | undefined;
}

export function isEntry(entry: PluginEntry, { module, file }: NamedPlugin): boolean {
  if (file !== undefined && file === entry.file) return true;
  if (!entry.builtIn) return module === entry.module;
  // A run has it from a copy of the installation: the word says which one, unless a file of the user's has that name.
  const name = builtInName(module);
  return entry.module === `vizplugins.${name}` && (file === undefined || file.replaceAll('\\', '/').endsWith(`/plugins/${name}.cjs`));
}

/** What the host has found for the choice at that place; undefined while it has not looked at it as it is now. */
export function inspectionAt(choices: readonly PluginChoice[], index: number, inspection: LaunchInspection | undefined): PluginInspection | undefined {
  const found = inspection?.plugins?.length === choices.length ? inspection.plugins[index] : undefined;
  return found?.module === splitSpec(choices[index]?.spec ?? '').module ? found : undefined;
}

/** Place of the entry among the choices of a run configuration; -1: it is not among them. */
export const choiceIndex = (entry: PluginEntry, choices: readonly PluginChoice[], inspection: LaunchInspection | undefined): number =>
  choices.findIndex(({ spec }, index) => isEntry(entry, { module: splitSpec(spec).module, file: inspectionAt(choices, index, inspection)?.file }));
