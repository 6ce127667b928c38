/** Every text of this folder that a user reads. */

export const words = {
  // statistics-table
  counted: (found: number, all: number, most: number) => `${found} of ${all} names${found > most ? `, the first ${most} are shown` : ''}`,
  none: 'The trace has no slices, so there are no statistics of them.',
  statistics: 'Statistics',
  filterNames: 'Filter names',
  name: 'Name',
} as const;
