import { Module } from '@nestjs/common';
import { ConnectorHub, ConnectorHubModule, type ConnectorHubOptions } from '@millrace/connector';
import { Authenticator, MillraceError, type Principal } from '@millrace/core';
import { type RunningApplication, startApplication, type StartOptions } from '../../support/applications.js';
import { RawConnector, type RawConnectorOptions } from './raw-connector.js';

/** Knows some tokens with their scopes, and one password. */
export class TestAuthenticator extends Authenticator {
  readonly tokens = new Map<string, readonly string[]>([['token', ['sources:connect']]]);
  /** Thrown in place of an answer. */
  fault: Error | undefined;
  checks = 0;
  password = 'lovelace';

  async authenticate(credential: string): Promise<Principal> {
    this.checks += 1;
    if (this.fault) throw this.fault;
    const scopes = this.tokens.get(credential);
    if (!scopes) throw new MillraceError('UNAUTHENTICATED', 'No such token');
    return { subject: `owner of ${credential}`, scopes, method: 'test' };
  }

  async authenticatePassword(username: string, password: string): Promise<Principal> {
    this.checks += 1;
    if (this.fault) throw this.fault;
    if (username !== 'ada' || password !== this.password) throw new MillraceError('UNAUTHENTICATED', 'Wrong');
    return { subject: username, scopes: ['sources:connect'], method: 'test' };
  }
}

export interface RunningHub extends RunningApplication {
  readonly hub: ConnectorHub;
  readonly authenticator: TestAuthenticator;
  /** A connector that has claimed its source. */
  connect(source: string, options?: RawConnectorOptions): Promise<RawConnector>;
  /** A connector that has only opened its socket. */
  open(source: string, options?: RawConnectorOptions): Promise<RawConnector>;
}

/** A hub with two sources, `a` and `b`, unless the options name others. */
export async function startHub(
  options: ConnectorHubOptions = {},
  { providers = [], ...start }: StartOptions & { providers?: (new (...args: never[]) => object)[] } = {},
): Promise<RunningHub> {
  const authenticator = new TestAuthenticator();
  const hubModule = ConnectorHubModule.forRoot({
    sources: { a: { room: 'lab' }, b: {} },
    authenticator,
    refusalDelay: '20ms',
    maxRefusalDelay: '100ms',
    ...options,
  });
  @Module({ imports: [hubModule], providers })
  class HubApplication {}
  const running = await startApplication([HubApplication], start);
  return {
    ...running,
    hub: running.app.get(ConnectorHub),
    authenticator,
    connect: (source, how) => RawConnector.connect(running.wsUrl, source, how),
    open: (source, how) => RawConnector.open(running.wsUrl, source, how),
  };
}
