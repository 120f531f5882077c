/** Name of the file of users in the data directory. */
export const USERS_FILE = 'users.json';
