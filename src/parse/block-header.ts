/** What stands before a block of lines: when which command ran, and what it says of guest and host. */
export interface BlockHeader {
  readonly at: number;
  /** domjobinfo, rawstats, schedstat, or another tool's name. */
  readonly tool: string;
  /** `virsh domjobinfo --completed`. */
  readonly completed: boolean;
  /** libvirt's name of the guest, or its UUID. */
  readonly guest: string | null;
  readonly host: string | null;
  readonly vcpu: number | null;
}

/** Reads the fields of a block-header line; null where its time does not exist. */
export function blockHeader(time: string, command: string): BlockHeader | null {
  const at = Date.parse(time);
  if (Number.isNaN(at)) return null;
  const words = command.split(/[ \t]+/);
  const stated = (name: string) => words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1) || null;
  const vcpu = stated('vcpu');
  return {
    at,
    tool: toolOf(words),
    completed: words.includes('--completed'),
    guest: stated('domain') ?? guestOf(words),
    host: stated('host'),
    vcpu: vcpu !== null && /^\d{1,5}$/.test(vcpu) ? Number(vcpu) : null,
  };
}

function toolOf(words: readonly string[]): string {
  if (words.includes('domjobinfo')) return words.includes('--rawstats') ? 'rawstats' : 'domjobinfo';
  if (words.some((word) => /(?:^|\/)schedstat$/.test(word))) return 'schedstat';
  return words[0] ?? '';
}

/** The domain that a command of virsh names: the first word after it that is no option. A number is an id of libvirt's. */
function guestOf(words: readonly string[]): string | null {
  const command = words.findIndex((word) => word === 'domjobinfo' || word === 'qemu-monitor-command');
  if (command < 0) return null;
  const named = words.slice(command + 1).find((word) => !word.startsWith('-') && !/^(?:rc|host)=/.test(word));
  return named === undefined || /^\d+$/.test(named) ? null : named;
}
