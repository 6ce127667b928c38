/** Texts of the help. */
export const words = {
  title: 'Manual',
  pages: 'Pages of the manual',
  search: 'Search the manual',
  nothing: 'No page holds these words.',
} as const;
