import { UnauthenticatedError } from '@millrace/client/browser';
import { hasScope } from '@millrace/protocol';
import { computed, signal } from '@preact/signals';
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
const HINT = 'millrace-console-login';

/** Finds out who is logged in by the cookie of an earlier visit. */
export async function resumeSession(): Promise<void> {
  if (!has('login')) {
    session.value = {};
    return;
  }
  if (!localStorage.getItem(HINT)) return;
  try {
    const { subject, scopes } = await server('login').session();
    session.value = { subject, scopes };
    sessionEnd.value = '';
  } catch (error) {
    if (!(error instanceof UnauthenticatedError)) throw error;
    session.value = undefined;
  }
}

/** Looks around without a name, at what the server has opened to everybody. */
export function goInWithoutName(): void {
  session.value = {};
}

export async function logIn(name: string, password: string): Promise<void> {
  await server('login').login({ name, password }, { cookie: true });
  localStorage.setItem(HINT, 'yes');
  await resumeSession();
}

export async function logOut(): Promise<void> {
  await server('login').logout();
  localStorage.removeItem(HINT);
  sessionEnd.value = 'You are logged out.';
  session.value = undefined;
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
