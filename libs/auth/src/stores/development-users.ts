import { createHash, timingSafeEqual } from 'node:crypto';
import type { UserStore } from '../api/user-store.js';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Everybody whose password equals their name, with every scope. For development: `AuthModule` refuses to start with it
 * in production.
 */
export function developmentUsers(): UserStore {
  return {
    developmentOnly: true,
    verify: async (name, password) =>
      name !== '' && timingSafeEqual(digest(name), digest(password)) ? { name, scopes: ['*'] } : undefined,
  };
}
