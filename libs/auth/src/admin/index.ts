// Free of Nest, so that commands start fast.
export {
  addUser,
  listUsers,
  type NewUser,
  removeUser,
  UserAdministrationError,
  type UserRecord,
  verifyUser,
} from './user-administration.js';
