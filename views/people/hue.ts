/** Takes a person's id; gives the class of their colour, the same for every reader. */
export function hueOf(userId: number): string {
  return `hue-${userId % 12}`
}
