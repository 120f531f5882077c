import { Inject, Injectable } from '@nestjs/common';
import { type IssuedToken, TokenService } from '../api/token.service.js';
import { UserStore } from '../api/user-store.js';

/** Turns name and password into a token. */
@Injectable()
export class LoginService {
  constructor(
    @Inject(UserStore) private readonly users: UserStore,
    private readonly tokens: TokenService,
  ) {}

  /** A token for the user, or undefined when name and password do not fit. */
  async login(username: string, password: string): Promise<IssuedToken | undefined> {
    const user = await this.users.verify(username, password);
    return user && this.tokens.issue(user);
  }
}
