export { AddressError } from './address.error.js';
export { AmbiguousTargetError } from './ambiguous-target.error.js';
export { CaBundleError } from './ca-bundle.error.js';
export { CredentialsFileNotFoundError } from './credentials-file-not-found.error.js';
export { CredentialsFileError, type CredentialsFilePlace } from './credentials-file.error.js';
export { InsecureKeyError } from './insecure-key.error.js';
export { NoEndpointError } from './no-endpoint.error.js';
export { ProfileNotFoundError } from './profile-not-found.error.js';
export { ProfileWithoutEndpointError } from './profile-without-endpoint.error.js';
