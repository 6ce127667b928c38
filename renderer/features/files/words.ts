/** Every text of this folder that a user reads. */

export const words = {
  // file-panel
  cancel: 'Cancel',
  takeFolder: 'Use this folder',
  open: 'Open',
  folder: 'Folder',
  filter: 'Filter',
  filterFiles: 'Filter files',
  files: 'Files',
  noMatch: (filter: string) => `Nothing here matches “${filter}”`,
  nothingHere: 'Nothing to choose here',
  listIsCut: 'There is more in this folder than is listed. Type the path of what is missing.',
  name: 'Name',
  path: 'Path',
  pathHint: 'Or type a path, also of a hidden folder: ~/.nvm',

  // locate-dialog
  which: (name: string) => `Which ${name} is it?`,
  whereIs: (name: string) => `Where is ${name}?`,
  browse: 'Browse…',
  takePath: 'Use this path',
  severalFound: 'The browser does not tell where a dropped file lies. These files have the same name and the same content:',
  notFound:
    'The browser does not tell where a dropped file lies, and no file with this name and content is in the folders that the studio looks into (--root names others). Type its path on the machine where the studio runs. A file that is only on this computer has to be copied there first.',
  pathPlaceholder: (name: string) => `/home/me/project/${name}`,
} as const;
