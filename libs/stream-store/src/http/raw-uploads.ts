import { Injectable } from '@nestjs/common';
import { RawBody } from '@millrace/core/http';

/** Keeps the host's body parsers away from uploads and metadata, which this package reads itself. */
@Injectable()
export class RawUploads {
  constructor(rawBody: RawBody) {
    rawBody.claim(
      (method, path) =>
        (method === 'POST' && /^\/data\/[^/]+\/?$/.test(path)) ||
        (method === 'PUT' && /^\/streams\/[^/]+\/?$/.test(path)),
    );
  }
}
