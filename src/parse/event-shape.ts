/** Says why the value that a rule returned is not an event (a type in kebab-case and flat fields), or null where it is one. */
export function shapeProblem(value: unknown): string | null {
  const { type, fields } = (isObject(value) ? value : {}) as Record<string, unknown>;
  if (typeof type !== 'string' || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(type)) {
    return `it returns ${show(value)}, whose type is not words in small letters joined by hyphens`;
  }
  if (!isObject(fields)) return `it returns ${show(value)}, which has no object named fields`;
  const bad = Object.entries(fields).find(([, field]) => !isFieldValue(field));
  if (bad === undefined) return null;
  return `its field ${bad[0]} is ${show(bad[1])}, not a number, a string, a boolean, null or a list of lists of numbers`;
}

/** What an action should look like, to end a message about one that does not. */
export const SHAPE_ADVICE = "An action returns for example { type: 'my-event', fields: { seconds: 5 } }.";

/** A value as JSON, or as JavaScript prints it where JSON has no words for it. */
export function show(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isFieldValue(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every((row) => Array.isArray(row) && row.every(Number.isFinite));
  return value === null || typeof value === 'string' || typeof value === 'boolean';
}
