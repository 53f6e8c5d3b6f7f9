// How the StarlingX fork reads the text of a flavor's, an image's or an instance's key (stx-nova, nova/virt/libvirt/driver.py).

/** Python's int() of a text; null where it would not take it. */
export function wholeNumber(text: string): number | null {
  return /^\s*[+-]?\d+\s*$/.test(text) ? Number(text) : null;
}

/** oslo.utils strutils.bool_from_string(strict=True); null where it would not take it. */
export function strictBoolean(text: string): boolean | null {
  if (/^\s*(?:1|t|true|on|y|yes)\s*$/i.test(text)) return true;
  return /^\s*(?:0|f|false|off|n|no)\s*$/i.test(text) ? false : null;
}
