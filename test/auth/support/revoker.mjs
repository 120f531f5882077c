// Revokes tokens in a folder without an end, and says of each when it is kept.
import { randomBytes } from 'node:crypto';
import { RevokedTokensFile, UserFile } from '@millrace/accounts';

const [folder] = process.argv.slice(2);
const file = RevokedTokensFile.in(folder);
const users = UserFile.in(folder);
for (let round = 0; ; round += 1) {
  const token = randomBytes(8).toString('hex');
  await file.revoke({ token });
  process.send({ token });
  if (round % 4 !== 0) continue;
  const [user] = await users.list();
  if (!user) continue;
  await users.remove(user.name);
  process.send({ removed: user.name });
}
