// Python's % operator, as far as log messages use it, over the typed arguments that oslo's JSONFormatter writes.

/**
 * Renders Python's `format % args`; null where Python would raise, or where JSON no longer tells what it would print
 * (objects, lists, exponents). Empty arguments leave the format as it is, as logging does.
 */
export function percentFormat(format: string, args: unknown): string | null {
  const values = given(args);
  if (values === null) return null;
  if (values.count === 0) return format;
  let used = 0;
  let failed = false;
  const text = format.replace(DIRECTIVE, (whole, name, flags = '', width = '', precision, conversion) => {
    if (conversion === '%') return '%';
    if (conversion === undefined || (name === undefined) === values.named) failed = true;
    const value = values.get(name ?? String(used));
    used += 1;
    const shown = failed ? null : convert(value, conversion, flags, precision === undefined ? null : Number(precision));
    if (shown === null) failed = true;
    return shown === null ? whole : pad(shown, flags, Number(width));
  });
  return failed || (!values.named && used !== values.count) ? null : text;
}

// A lone percent sign matches without a conversion, and fails.
const DIRECTIVE = /%(?:(?:\(([^()%]{1,80})\))?([#0+ -]*)(\d{0,3})(?:\.(\d{1,2}))?[hlL]?([a-zA-Z%]))?/g;

interface Values {
  readonly named: boolean;
  readonly count: number;
  get(key: string): unknown;
}

function given(args: unknown): Values | null {
  if (args === null || args === undefined) return { named: false, count: 0, get: () => undefined };
  if (Array.isArray(args)) return { named: false, count: args.length, get: (key) => args[Number(key)] };
  if (typeof args !== 'object') return null;
  const entries = new Map<string, unknown>(Object.entries(args));
  return { named: true, count: entries.size, get: (key) => entries.get(key) };
}

function convert(value: unknown, conversion: string, flags: string, precision: number | null): string | null {
  if (conversion === 's') return cut(plain(value), precision);
  if (conversion === 'r' || conversion === 'a')
    return cut(typeof value === 'string' ? quoted(value) : plain(value), precision);
  const number = typeof value === 'boolean' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) return null;
  if ('diu'.includes(conversion)) return signed(BigInt(Math.trunc(number)).toString(), flags);
  if ('xXo'.includes(conversion)) return radix(number, conversion, flags);
  if ('fF'.includes(conversion)) return signed(fixed(number, precision ?? 6), flags);
  return null;
}

function plain(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return /e/.test(String(value)) ? null : String(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return value === null ? 'None' : null;
}

function cut(text: string | null, precision: number | null): string | null {
  return text === null || precision === null ? text : [...text].slice(0, precision).join('');
}

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escapes: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };
  return quote + text.replace(/[\n\r\t\\]/g, (char) => escapes[char] ?? char).replaceAll(quote, `\\${quote}`) + quote;
}

function signed(digits: string | null, flags: string): string | null {
  if (digits === null || digits.startsWith('-')) return digits;
  if (flags.includes('+')) return `+${digits}`;
  return flags.includes(' ') ? ` ${digits}` : digits;
}

function radix(value: number, conversion: string, flags: string): string | null {
  if (!Number.isInteger(value)) return null;
  const octal = conversion === 'o';
  const digits = Math.abs(value).toString(octal ? 8 : 16);
  const prefixed = flags.includes('#') ? `0${octal ? 'o' : 'x'}${digits}` : digits;
  return signed(`${value < 0 ? '-' : ''}${conversion === 'X' ? prefixed.toUpperCase() : prefixed}`, flags);
}

/** JavaScript rounds an exact half up, Python to the even digit: 0.25 is 0.2 there. */
function fixed(value: number, precision: number): string | null {
  const size = Math.abs(value);
  if (size >= 1e21) return null;
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const exact = size.toFixed(Math.min(100, precision + 30));
  const end = exact.indexOf('.') + 1 + precision;
  const kept = exact.slice(0, precision === 0 ? end - 1 : end);
  const tie = /^50*$/.test(exact.slice(end)) && /[02468]$/.test(kept);
  return sign + (tie ? kept : size.toFixed(precision));
}

function pad(text: string, flags: string, width: number): string {
  if (flags.includes('-')) return text.padEnd(width);
  if (!flags.includes('0') || !/^[+ -]?[\d.]+$/.test(text)) return text.padStart(width);
  const sign = /^[+ -]/.exec(text)?.[0] ?? '';
  return sign + text.slice(sign.length).padStart(width - sign.length, '0');
}
