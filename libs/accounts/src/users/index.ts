// What other stores of users need beside the file.
export { PasswordCheck } from './password-check.js';
export {
  byName,
  faultOfUser,
  hashNewUser,
  makeStoredUser,
  type StoredUser,
  userRecordOf,
  withScopes,
} from './stored-user.js';
