import type { Server } from 'node:http';
import { isIP } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { Injectable } from '@nestjs/common';
import { HttpAdapterHost, ModuleRef } from '@nestjs/core';
import type { Notice } from '@millrace/protocol';
import { AccessPolicy } from '../security/access-policy.js';
import { Authenticator } from '../security/authenticator.js';
import { isLoopback } from '../security/host-names.js';
import { OperationsRegistry } from './operations-registry.js';

/** Says who may come in without a credential, and who could read along, as `access`. */
@Injectable()
export class AccessNotices {
  constructor(
    operations: OperationsRegistry,
    private readonly policy: AccessPolicy,
    private readonly modules: ModuleRef,
    private readonly host: HttpAdapterHost,
  ) {
    operations.add({ name: 'access', notices: () => [...this.open(), ...this.plain()] });
  }

  private *open(): Iterable<Notice> {
    if (!this.hasAuthenticator) {
      yield {
        code: 'NO_AUTHENTICATION',
        level: 'warning',
        text: 'Everybody who reaches the server may use all of it, unless the application guards its routes itself',
        remedy: 'Import AuthModule of @millrace/auth',
      };
      return;
    }
    const areas = this.policy.openAreas;
    if (areas.length === 0) return;
    yield {
      code: 'AREAS_OPEN',
      level: 'warning',
      text: `Everybody who reaches the server may use what belongs to ${areas.map((area) => `"${area}"`).join(', ')}, without a credential`,
      remedy: 'Take the area out of publicAreas of AuthModule, or leave out public: true of its module',
    };
  }

  private *plain(): Iterable<Notice> {
    const server = this.host.httpAdapter?.getHttpServer() as Server | undefined;
    const address = server?.listening ? server.address() : null;
    // A socket of the file system is reached from this machine only.
    if (!address || typeof address === 'string' || server instanceof TlsServer) return;
    const { address: ip, port } = address;
    if (isLoopback(ip)) return;
    yield {
      code: 'PLAIN_HTTP',
      level: 'warning',
      text: `The server listens at ${isIP(ip) === 6 ? `[${ip}]` : ip}:${port} without TLS: passwords and tokens can be read on the way`,
      remedy:
        'Give the HTTP adapter a certificate (httpsOptions), or listen at 127.0.0.1 behind a proxy with TLS; or let nobody reach the port from outside',
    };
  }

  private get hasAuthenticator(): boolean {
    try {
      this.modules.get(Authenticator, { strict: false });
      return true;
    } catch {
      // Nest throws where nobody provides it.
      return false;
    }
  }
}
