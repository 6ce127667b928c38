import './kbd.css';

/** A key or a chord, as the user's keyboard names it: "Ctrl+O" is written "Ctrl O", and with ⌘ on a Mac. */
export function Kbd({ children, className = '' }: { readonly children: string; readonly className?: string }) {
  return <kbd className={`kbd ${className}`}>{keyText(children)}</kbd>;
}

const onMac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform);

export function keyText(keys: string, mac: boolean = onMac): string {
  const named = keys.replace('ArrowLeft', '←').replace('ArrowRight', '→').replace('ArrowUp', '↑').replace('ArrowDown', '↓').replace('Escape', 'Esc');
  if (!mac) return named.replaceAll('+', ' ');
  return named.replaceAll('Ctrl+', '⌘').replaceAll('Shift+', '⇧').replaceAll('Alt+', '⌥');
}
