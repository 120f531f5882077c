import { join } from 'node:path';
import { readIfThere, withFileLock } from '@millrace/files';
import { ConfigurationFileError } from '../errors/cli.errors.js';

/** A token that `login` got. */
interface StoredToken {
  readonly user: string;
  readonly token: string;
  /** ISO 8601; undefined when the token does not say. */
  readonly expires: string | undefined;
}

interface TokenFile {
  /** Addresses of the server of the last login, joined by commas: used where nothing else names one. */
  readonly last: string | undefined;
  readonly servers: Readonly<Record<string, StoredToken>>;
}

/** Tokens by server, in a file that only its owner can read. A token is never sent to another server than the one it is from. */
export class TokenStore {
  readonly path: string;

  constructor(home: string) {
    this.path = join(home, '.millrace', 'tokens.json');
  }

  /** Addresses of the server of the last login, joined by commas. @throws ConfigurationFileError */
  async last(): Promise<string | undefined> {
    return (await this.read()).last;
  }

  /** The token for a server, unless it has run out. @throws ConfigurationFileError */
  async get(server: string): Promise<StoredToken | undefined> {
    const { servers } = await this.read();
    const stored = Object.hasOwn(servers, server) ? servers[server] : undefined;
    return stored?.expires && Date.parse(stored.expires) <= Date.now() ? undefined : stored;
  }

  /** The token for several addresses of one server: only one that all of them have. @throws ConfigurationFileError */
  async getForAll(servers: readonly string[]): Promise<StoredToken | undefined> {
    const [first, ...others] = await Promise.all(servers.map((server) => this.get(server)));
    return others.every((other) => other?.token === first?.token) ? first : undefined;
  }

  /** Keeps the token of a server, for each of its addresses. @throws ConfigurationFileError */
  async put(addresses: readonly string[], token: StoredToken): Promise<void> {
    const fresh = Object.fromEntries(addresses.map((address) => [address, token]));
    await this.change(({ servers }) => ({ last: addresses.join(','), servers: { ...servers, ...fresh } }));
  }

  /** Forgets the token of a server; false when there was none. @throws ConfigurationFileError */
  async remove(addresses: readonly string[]): Promise<boolean> {
    let removed = false;
    await this.change(({ last, servers }) => {
      const rest = Object.fromEntries(Object.entries(servers).filter(([address]) => !addresses.includes(address)));
      removed = Object.keys(rest).length < Object.keys(servers).length;
      return { last: last === addresses.join(',') ? undefined : last, servers: rest };
    });
    return removed;
  }

  private async read(): Promise<TokenFile> {
    const text = await readIfThere(this.path);
    if (text === undefined) return { last: undefined, servers: {} };
    try {
      return readTokenFile(JSON.parse(text));
    } catch (error) {
      // The parser's message may quote the file, which holds tokens.
      throw new ConfigurationFileError(`${this.path} is damaged; remove it and log in again`, {
        cause: error instanceof ConfigurationFileError ? error : undefined,
      });
    }
  }

  private async change(make: (content: TokenFile) => TokenFile): Promise<void> {
    await withFileLock(this.path, async (replace) => {
      await replace(`${JSON.stringify(make(await this.read()), undefined, 2)}\n`);
    });
  }
}

function readTokenFile(content: unknown): TokenFile {
  if (!isRecord(content) || !isRecord(content['servers']))
    throw new ConfigurationFileError('does not hold tokens by server');
  const servers: Record<string, StoredToken> = {};
  for (const [server, value] of Object.entries(content['servers'])) {
    if (!isRecord(value) || typeof value['token'] !== 'string' || typeof value['user'] !== 'string')
      throw new ConfigurationFileError('holds an entry that is not a token');
    const { expires } = value;
    servers[server] = {
      user: value['user'],
      token: value['token'],
      expires: typeof expires === 'string' ? expires : undefined,
    };
  }
  return { last: typeof content['last'] === 'string' ? content['last'] : undefined, servers };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
