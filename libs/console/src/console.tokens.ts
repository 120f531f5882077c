/** Token of the path of the console, with a slash at its beginning and none at its end. */
export const CONSOLE_PATH = Symbol('CONSOLE_PATH');

/** Area of the documents of the interfaces: list it in `publicAreas` of `AuthModule` to show them without a login. */
export const CONSOLE_AREA = 'console';

/** Token of what other entry points have added to the console: a list of `ConsolePart`. */
export const CONSOLE_PARTS = Symbol('CONSOLE_PARTS');
