export { PluginChoices } from './plugin-choices.tsx';
export { PluginsScreen } from './plugins-screen.tsx';
export { RunPluginList, useRunPlugins } from './run-state.tsx';
export type { RunPlugin } from './run-states.ts';
export { TrustDialog } from './trust-dialog.tsx';
export { usePluginActions } from './use-plugin-actions.ts';
export { ViewSwitch } from './view-switch.tsx';
