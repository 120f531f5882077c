import { createHash, timingSafeEqual } from 'node:crypto';
import { UserStore, type User } from '../api/user-store.js';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

class DevelopmentUsers extends UserStore {
  override readonly developmentOnly = true;

  override async verify(name: string, password: string): Promise<User | undefined> {
    return name !== '' && timingSafeEqual(digest(name), digest(password)) ? { name, scopes: ['*'] } : undefined;
  }
}

/**
 * Everybody whose password equals their name, with every scope. For development: `AuthModule` refuses to start with it
 * in production.
 */
export function developmentUsers(): UserStore {
  return new DevelopmentUsers();
}
