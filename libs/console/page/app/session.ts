import { UnauthenticatedError } from '@millrace/client/browser';
import { hasScope, pause } from '@millrace/protocol';
import { computed, signal } from '@preact/signals';
import { kept } from './kept.js';
import { has, server } from './servers.js';

/** Who looks at the console. */
export interface Session {
  /** Name of the user; undefined where the server asks nobody who they are. */
  readonly subject?: string;
  /** What the user may do; undefined where the server does not say. */
  readonly scopes?: readonly string[];
}

/** The session; undefined while nobody is logged in. */
export const session = signal<Session | undefined>(undefined);

/** Why nobody is logged in any more, for the page to log in. */
export const sessionEnd = signal('');

/** Names of those who may do what; hidden is what is sure to be refused. */
export function may(scope: string): boolean {
  const scopes = session.value?.scopes;
  return scopes === undefined || hasScope(scopes, scope);
}

/** Whether the user may do it with at least one resource: `streams:read` with some stream. */
export function mayWithSome(area: string, verb: string): boolean {
  const scopes = session.value?.scopes;
  if (scopes === undefined) return true;
  return scopes.some((scope) => {
    const [first = '', second = '*'] = scope.split(':');
    return hasScope([first], area) && (second === 'admin' || hasScope([`x:${second}`], `x:${verb}`));
  });
}

/** Whether somebody is logged in by name. */
export const isLoggedIn = computed(() => session.value?.subject !== undefined);

/** Says that this browser has a cookie, which no script sees: without it nobody need be asked. */
const HINT = 'login';

/** Finds out who is logged in by the cookie of an earlier visit. */
export async function resumeSession(): Promise<void> {
  if (!has('login')) {
    session.value = {};
    return;
  }
  if (kept.read(HINT) === undefined) return;
  try {
    const { subject, scopes } = await server('login').session();
    session.value = { subject, scopes };
    sessionEnd.value = '';
  } catch (error) {
    if (!(error instanceof UnauthenticatedError)) throw error;
    kept.write(HINT, undefined);
    session.value = undefined;
  }
}

/** Looks around without a name, at what the server has opened to everybody. */
export function goInWithoutName(): void {
  session.value = {};
}

export async function logIn(name: string, password: string): Promise<void> {
  await server('login').login({ name, password }, { cookie: true });
  kept.write(HINT, 'yes');
  await resumeSession();
}

/** Whether the login is about to end: the pages have let go of what they follow by it. */
export const isLeaving = signal(false);

export async function logOut(): Promise<void> {
  // The server cuts what is open by the login, and each cut would look like a failure.
  isLeaving.value = true;
  try {
    // The pages are taken away behind this turn of the browser.
    await pause(0);
    await server('login').logout();
    kept.write(HINT, undefined);
    sessionEnd.value = 'You are logged out.';
    session.value = undefined;
  } finally {
    isLeaving.value = false;
  }
}

/** What a refused credential means for all pages: the session is over. Answers whether it was that. */
export function endIfRefused(error: unknown): boolean {
  if (!(error instanceof UnauthenticatedError)) return false;
  if (!isLoggedIn.value && session.value) {
    sessionEnd.value = 'The server asks for a login here.';
  } else sessionEnd.value = 'Your login has run out. Log in again to go on where you were.';
  session.value = undefined;
  return true;
}
