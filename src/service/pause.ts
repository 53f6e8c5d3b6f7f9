/** Waits that end early when the program is to end. */
export function pausing(stop: AbortSignal): (ms: number) => Promise<void> {
  return (ms) =>
    new Promise((over) => {
      if (stop.aborted) {
        over();
        return;
      }
      const end = () => {
        clearTimeout(timer);
        stop.removeEventListener('abort', end);
        over();
      };
      const timer = setTimeout(end, ms);
      stop.addEventListener('abort', end);
    });
}
