const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Lets signals end the process at once while it starts: nothing is under way yet. By itself Node would heed none where it is
 * the first process of a container.
 *
 * @returns leaves them to who has come to listen to them meanwhile
 */
export function endAtSignals(): () => void {
  const end = (): never => process.exit(0);
  for (const signal of SIGNALS) process.on(signal, end);
  return () => {
    for (const signal of SIGNALS) process.off(signal, end);
  };
}
