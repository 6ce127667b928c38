/** A command as it would be typed into a POSIX shell: quoted where it must be. For reading and copying, never executed. */
export const commandText = (words: readonly string[]): string => words.map(quoted).join(' ');

export const quoted = (word: string): string => (/^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
