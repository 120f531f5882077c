export { asyncApiDocument, type AsyncApiInit, type DocumentedEndpoint } from './async-api-document.js';
export type { DocumentInfo } from './document-info.js';
export { openApiDocument, type OpenApiFragment } from './open-api-fragment.js';
export {
  answer,
  answers,
  BEARER,
  json,
  OPEN,
  operation,
  type OperationInit,
  OPTIONAL_BEARER,
  pathParameter,
  queryParameter,
  requestBody,
} from './operation.js';
export { arrayOf, BINARY, BOOLEAN, INTEGER, ref, TEXT } from './schemas.js';
export type { SocketDocs, SocketMessageDocs } from './socket-docs.js';
