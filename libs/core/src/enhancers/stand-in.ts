type Method = (...args: never[]) => unknown;

/** A function that runs in place of a method: enhancers find the name of the method, and what its decorators left. */
export function standIn<Result>(method: Method, run: (...args: never[]) => Result): (...args: unknown[]) => Result {
  const copy = (...args: unknown[]): Result => run(...(args as never[]));
  Object.defineProperty(copy, 'name', { value: method.name });
  for (const key of Reflect.getMetadataKeys(method)) {
    Reflect.defineMetadata(key, Reflect.getMetadata(key, method), copy);
  }
  return copy;
}
