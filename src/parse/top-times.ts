const DAY_S = 86_400;

/**
 * Times of `top`, which prints the time of day only. It is known for one line of the clock, by the header of its block or
 * by the day that a person states, and counted on from there: over midnight too.
 */
export class TopTimes {
  #last: { readonly at: number; readonly second: number } | null = null;
  readonly #date: number | null;

  /** `date`: the day (UTC) of the first line, as 2026-11-22. */
  constructor(date: string | null) {
    this.#date = date === null ? null : Date.parse(`${date}T00:00:00Z`);
  }

  /** A block begins whose time is known: the next line of the clock is of that time. */
  restart(): void {
    this.#last = null;
  }

  /** The time (ms) of a line of the clock; `at`: of the block it stands in. Null where nobody knows the day. */
  next(second: number, at: number | null): number | null {
    const first = at ?? (this.#date === null ? null : this.#date + second * 1000);
    const time = this.#last === null ? first : this.#last.at + forward(second - this.#last.second) * 1000;
    if (time === null) return null;
    this.#last = { at: time, second };
    return time;
  }
}

/** The shorter way round the clock: a clock that is set back a little does not make a day. */
function forward(seconds: number): number {
  const half = DAY_S / 2;
  return seconds < -half ? seconds + DAY_S : seconds > half ? seconds - DAY_S : seconds;
}
