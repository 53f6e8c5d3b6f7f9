/** Colours of a terminal; `plain` for everything else. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
}

const same = (text: string) => text;

export const plain: Paint = { bold: same, dim: same, red: same, green: same, yellow: same };
