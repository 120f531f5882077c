import { developmentUsers } from './development-users.js';

it('development users are all whose password equals their name', async () => {
  const users = developmentUsers();
  expect(await users.verify('test', 'test')).toEqual({ name: 'test', scopes: ['*'] });
  expect(await users.verify('test', 'Test')).toBeUndefined();
  expect(await users.verify('', '')).toBeUndefined();
});
