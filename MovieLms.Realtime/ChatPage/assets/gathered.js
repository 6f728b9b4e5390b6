const GATHER_MS = 500;

/** Makes calls that come while one runs share the next run, which begins after a pause. */
export function gathered(run) {
  let running = null;
  let next = null;
  const start = () => (running = run().finally(() => (running = null)));
  return () => {
    if (!running) return start();
    return (next ??= running.then(() => new Promise((resolve) => setTimeout(resolve, GATHER_MS))).then(() => ((next = null), start())));
  };
}
