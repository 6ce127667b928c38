/** How much detail of a trace may be kept in memory: what settings and status bar offer. */
const CHOICES = [64, 128, 256, 512, 1024, 2048, 4096];

/** `now`: what is set, in MB; 0 is as the machine allows. One that was written into the settings by hand is a choice as well. */
export function memoryChoices(now: number): readonly { readonly value: string; readonly label: string }[] {
  const sizes = now === 0 || CHOICES.includes(now) ? CHOICES : [...CHOICES, now].sort((a, b) => a - b);
  return [{ value: '0', label: 'As the machine allows' }, ...sizes.map((megabytes) => ({ value: `${megabytes}`, label: memoryWords(megabytes) }))];
}

export const memoryWords = (megabytes: number): string => (megabytes >= 1024 && megabytes % 1024 === 0 ? `${megabytes / 1024} GB` : `${megabytes} MB`);
