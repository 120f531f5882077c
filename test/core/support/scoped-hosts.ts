import { type CanActivate, Injectable, type InjectableOptions, Inject, type Type, UseGuards } from '@nestjs/common';
import { type DynamicModule } from '@nestjs/common';
import { WebSocketGateway } from '@nestjs/websockets';
import { ConnectorHubModule, ConnectorModule, OnNotification, OnQuery, SourceHandler } from '@millrace/connector';
import { MillraceSocketsModule, SocketEndpoint } from '@millrace/core';
import { RpcMethod, RpcModule } from '@millrace/rpc';
import { memoryStore, OnEntry, StreamConsumer, StreamStoreModule } from '@millrace/stream-store';
import { type GuardScope, PerRequest, SCOPE_OPTIONS } from './scoped-guards.js';

/** A kind of class that our modules look for. */
export interface HostKind {
  readonly name: string;
  readonly imports: () => (Type | DynamicModule)[];
  /** The decorators of the class, and of its method `handle`, which is called `handshake` for sockets. */
  readonly ofClass: ClassDecorator[];
  readonly ofMethod: MethodDecorator[];
}

export const HOST_KINDS: readonly HostKind[] = [
  { name: '@RpcMethod', imports: () => [RpcModule.forRoot()], ofClass: [], ofMethod: [RpcMethod('handle')] },
  {
    name: '@SocketEndpoint',
    imports: () => [MillraceSocketsModule],
    ofClass: [SocketEndpoint({ path: '/host' })],
    ofMethod: [],
  },
  {
    name: '@WebSocketGateway with handshake',
    imports: () => [],
    ofClass: [WebSocketGateway({ path: '/host' })],
    ofMethod: [],
  },
  {
    name: '@StreamConsumer',
    imports: () => [StreamStoreModule.forRoot({ store: memoryStore() })],
    ofClass: [StreamConsumer('s', { group: 'g' })],
    ofMethod: [OnEntry()],
  },
  {
    name: '@SourceHandler',
    imports: () => [ConnectorModule.forRoot({ targetServer: 'http://127.0.0.1:9', authToken: 'any', sources: ['s'] })],
    ofClass: [SourceHandler('s')],
    ofMethod: [OnQuery()],
  },
  {
    name: '@OnNotification',
    imports: () => [ConnectorHubModule.forRoot({ sources: { s: {} } })],
    ofClass: [],
    ofMethod: [OnNotification('s')],
  },
];

export interface HostOptions {
  /** The scope of the class. */
  readonly scope?: GuardScope;
  readonly classGuard?: Type<CanActivate> | CanActivate;
  readonly methodGuard?: Type<CanActivate> | CanActivate;
  /** Further decorators. */
  readonly ofClass?: ClassDecorator;
  readonly ofMethod?: MethodDecorator;
}

/** A class of a kind. */
export function hostOf(kind: HostKind, given: HostOptions = {}): Type {
  const { scope = 'default', classGuard, methodGuard } = given;
  class Harbour {
    handshake(): void {}
    handleConnection(): void {}
    handle(): string {
      return 'handled';
    }
  }
  const options: InjectableOptions = SCOPE_OPTIONS[scope];
  const key = kind.ofMethod.length > 0 ? 'handle' : 'handshake';
  const descriptor = Object.getOwnPropertyDescriptor(Harbour.prototype, key)!;
  for (const decorate of kind.ofMethod) decorate(Harbour.prototype, key, descriptor);
  if (methodGuard) UseGuards(methodGuard)(Harbour.prototype, key, descriptor);
  if (classGuard) UseGuards(classGuard)(Harbour);
  given.ofMethod?.(Harbour.prototype, key, descriptor);
  given.ofClass?.(Harbour);
  for (const decorate of kind.ofClass) decorate(Harbour);
  if (scope === 'injecting') Inject(PerRequest)(Harbour.prototype, 'short');
  if (scope !== 'default') Injectable(options)(Harbour);
  return Harbour;
}
