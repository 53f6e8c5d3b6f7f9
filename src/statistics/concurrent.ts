/** When and from where something ran; null where it is not known. */
export interface Span {
  readonly id: string;
  readonly host: string | null;
  readonly from: number | null;
  readonly to: number | null;
}

/** The ids of spans that overlap with another one of the same host. */
export function concurrent(spans: readonly Span[]): Set<string> {
  const found = new Set<string>();
  const known = spans.filter((span) => span.host !== null && span.from !== null && span.to !== null) as Known[];
  for (const members of Map.groupBy(known, ({ host }) => host).values()) {
    const sorted = members.toSorted((a, b) => a.from - b.from);
    let longest: Known | undefined;
    for (const span of sorted) {
      if (longest !== undefined && span.from < longest.to && span.to > longest.from) {
        found.add(longest.id).add(span.id);
      }
      if (longest === undefined || span.to > longest.to) longest = span;
    }
  }
  return found;
}

type Known = Span & { readonly host: string; readonly from: number; readonly to: number };
