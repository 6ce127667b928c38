/** Every text of this folder that a user reads. */

export const words = {
  // dock
  makeSmallAgain: (title: string) => `Make ${title} small again`,
  makeFillTheWindow: (title: string) => `Make ${title} fill the window`,
  alone: 'the only panel here',
  stays: 'always there',
  arrange: (title: string) => `Arrange ${title}`,
} as const;
