import { NotFoundException } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createOpenApiDocument } from './openapi.js';
import { createRestPortal } from './rest-portal.js';

const WITHOUT_CHARSET = /^(text\/(html|css|javascript)|application\/javascript)$/;

/** Headers of the portal's answers that belong to their connection. */
const OF_THE_CONNECTION = ['connection', 'date', 'keep-alive', 'transfer-encoding'];

/** Puts the OpenAPI portal at `/docs` and its document at `/openapi.json`. Both are made when the first one asks. */
export function setUpPortal(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  // The portal's own files name no charset, and a browser would guess.
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    const type = reply.getHeader('content-type');
    if (typeof type === 'string' && WITHOUT_CHARSET.test(type))
      void reply.header('content-type', `${type}; charset=utf-8`);
    done(null, payload);
  });
  let portal: Promise<NestFastifyApplication> | undefined;
  const answer = async ({ url, headers }: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    portal ??= createRestPortal(createOpenApiDocument());
    const response = await (await portal).inject({ method: 'GET', url, headers });
    if (response.statusCode === 404) throw new NotFoundException();
    const own = Object.entries(response.headers).filter(([name]) => !OF_THE_CONNECTION.includes(name));
    return reply.status(response.statusCode).headers(Object.fromEntries(own)).send(response.rawPayload);
  };
  for (const path of ['/docs', '/docs/*', '/openapi.json', '/openapi.yaml']) fastify.get(path, answer);
}
