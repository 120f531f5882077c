interface EventsModule {
  setMaxListeners(most: number, ...targets: AbortSignal[]): void;
}

/**
 * Lets any number of waits listen to one signal: Node takes more than ten for a leak, and says so. There is nothing to do in
 * browsers.
 */
export function allowManyListeners(signal: AbortSignal): void {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } };
  (process?.getBuiltinModule?.('node:events') as EventsModule | undefined)?.setMaxListeners(0, signal);
}
