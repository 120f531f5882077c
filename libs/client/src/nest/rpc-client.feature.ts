import { type FactoryProvider, Module } from '@nestjs/common';
import { OptionsError } from '@millrace/core/options';
import type { RpcClient } from '../index.js';
import type { RpcClientConnection, RpcClientFeature, RpcClientFeatureAsync } from './rpc-client.options.js';
import { getRpcToken } from './rpc-client.tokens.js';
import { RpcClients } from './rpc-clients.js';

/** Holds the clients of one feature module; the connections themselves live in the root module. */
@Module({})
export class RpcClientFeatureModule {}

/** Provides one client: a known one by name, or a new one by its settings. */
export function featureProvider(
  feature: RpcClientFeature | RpcClientFeatureAsync,
): FactoryProvider<RpcClient> & { provide: string } {
  const dependencies = 'useFactory' in feature ? (feature.inject ?? []) : [];
  return {
    provide: getRpcToken(feature.name),
    // Optional, so that the message below can say more than Nest's.
    inject: [{ token: RpcClients, optional: true }, ...dependencies],
    useFactory: async (clients: RpcClients | undefined, ...injected: unknown[]) => {
      if (!clients)
        throw new OptionsError('RpcClientModule', 'forRoot', 'is missing; import RpcClientModule.forRoot({}) as well');
      const settings = await settingsOf(feature, injected);
      return Object.keys(settings).length > 0 ? clients.define(feature.name, settings) : clients.get(feature.name);
    },
  };
}

async function settingsOf(
  feature: RpcClientFeature | RpcClientFeatureAsync,
  injected: unknown[],
): Promise<Partial<RpcClientConnection>> {
  if ('useFactory' in feature) return feature.useFactory(...(injected as never[]));
  const { name: _name, ...settings } = feature;
  return settings;
}
