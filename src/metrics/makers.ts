import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Every name begins so. */
export const PREFIX = 'novatrail_';

/** Makes metrics of a registry; those that are `looked` up take their value when they are asked for (0 for what is no number). */
export function makers(registry: Registry) {
  const common = (name: string, help: string, labelNames: string[]) => {
    return { name: PREFIX + name, help, labelNames, registers: [registry] };
  };
  return {
    counter: (name: string, help: string, labels: string[] = []) => new Counter(common(name, help, labels)),
    gauge: (name: string, help: string, labels: string[] = []) => new Gauge(common(name, help, labels)),
    histogram: (name: string, help: string, buckets: number[], labels: string[] = []) =>
      new Histogram({ ...common(name, help, labels), buckets }),
    looked(name: string, help: string, value: () => number) {
      const collect = () => {
        const now = value();
        gauge.set(Number.isFinite(now) ? now : 0);
      };
      const gauge: Gauge = new Gauge({ ...common(name, help, []), collect });
    },
    lookedBy(
      name: string,
      help: string,
      label: string,
      each: readonly string[],
      values: () => Readonly<Record<string, number>>,
    ) {
      const collect = () => {
        const now = values();
        for (const one of each) gauge.set({ [label]: one }, now[one] ?? 0);
      };
      const gauge: Gauge = new Gauge({ ...common(name, help, [label]), collect });
    },
  };
}

/** Of verdicts, gravest first. */
export const SEVERITIES: readonly string[] = ['error', 'warning', 'note'];
