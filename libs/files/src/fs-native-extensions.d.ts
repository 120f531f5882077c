/** The package has no types of its own. This is what we use of it. */
declare module 'fs-native-extensions' {
  /** Takes the lock of an open file; false when another open file has it. @throws an error with the system's code */
  export function tryLock(fd: number): boolean;
}
