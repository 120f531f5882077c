export { ApiDocuments, type SocketAddress } from './api-documents.js';
export { asyncApiDocument, type AsyncApiInit, type DocumentedEndpoint } from './async-api-document.js';
export { openApiDocument } from './open-api-document.js';
export type { DocumentInfo, OpenApiFragment } from './open-api-fragment.js';
export {
  answer,
  answers,
  arrayOf,
  BEARER,
  BINARY,
  BOOLEAN,
  INTEGER,
  json,
  OPEN,
  operation,
  type OperationInit,
  OPTIONAL_BEARER,
  pathParameter,
  queryParameter,
  ref,
  requestBody,
  TEXT,
} from './operation.js';
export type { SocketDocs, SocketMessageDocs } from './socket-docs.js';
