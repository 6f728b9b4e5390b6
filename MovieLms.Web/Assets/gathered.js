const GATHER_MS = 500;

/** Wraps a function so that calls during a run share the next run, which starts after a delay. */
export function gathered(run) {
  let running = null;
  let next = null;
  const start = () => (running = run().finally(() => (running = null)));
  return () => {
    if (!running) return start();
    return (next ??= running.then(() => new Promise((resolve) => setTimeout(resolve, GATHER_MS))).then(() => ((next = null), start())));
  };
}
