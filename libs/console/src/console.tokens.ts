/** Token of the path of the console, with a slash at its beginning and none at its end. */
export const CONSOLE_PATH = Symbol('CONSOLE_PATH');
