import { thrownText } from '@millrace/protocol';
import { MillraceError } from '../errors/millrace.error.js';
import { redisPlace } from './place.js';
import type { RedisClient } from './shared-redis.options.js';

/** A command as it is used: its name, a key of ours where it takes one, and what follows. */
export type SampleCommand = readonly [command: string, ...rest: (string | number)[]];

/** Which of some commands the account may not use; Redis can be asked since version 7. KEYS: any. ARGV: the commands as JSON. */
const REFUSED = `
local refused = {}
if not redis.acl_check_cmd then return refused end
for _, command in ipairs(cjson.decode(ARGV[1])) do
  if not redis.acl_check_cmd(unpack(command)) then refused[#refused + 1] = command[1] .. ' ' .. (command[2] or '') end
end
return refused
`;

/**
 * Looks whether the account may do what a driver needs, without doing it.
 *
 * @throws MillraceError `UNAVAILABLE` naming what is refused
 */
export async function assertRights(
  client: RedisClient,
  subject: string,
  needs: readonly SampleCommand[],
): Promise<void> {
  const key = String(needs[0]?.[1] ?? 'millrace');
  const texts = JSON.stringify(needs.map((command) => command.map(String)));
  let refused: string[];
  try {
    refused = (await client.eval(REFUSED, 1, key, texts)) as string[];
  } catch (error) {
    const text = thrownText(error);
    if (!text.startsWith('NOPERM')) throw error;
    refused = [`eval ${key} (${text})`];
  }
  if (refused.length === 0) return;
  throw new MillraceError(
    'UNAVAILABLE',
    `${subject}: the account at Redis at ${redisPlace(client)} lacks rights that are needed: ${refused.join(', ')}; give them by ACL SETUSER`,
  );
}
