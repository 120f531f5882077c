/** Area of every endpoint of this module, for `AccessPolicy`, and first part of its scopes. */
export const CONNECTIVITY_AREA = 'connectivity';

/** Token of the options with all defaults filled in. @internal */
export const CONNECTIVITY_SETTINGS = 'connectivity:settings';

/** Token of the paths, which are fixed before the options are known. @internal */
export const CONNECTIVITY_PATHS = 'connectivity:paths';
