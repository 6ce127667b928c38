/** Editors whose command is known; any other is typed. In a command {file}, {line} and {column} stand for the place. */
export const EDITORS = [
  { value: 'code --goto {file}:{line}:{column}', label: 'VS Code' },
  { value: 'cursor --goto {file}:{line}:{column}', label: 'Cursor' },
  { value: 'webstorm --line {line} --column {column} {file}', label: 'WebStorm' },
  { value: 'zed {file}:{line}:{column}', label: 'Zed' },
] as const;
