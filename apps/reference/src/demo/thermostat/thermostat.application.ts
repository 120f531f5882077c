import { type INestApplicationContext, Injectable, Module, type OnModuleDestroy } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TokenService } from '@millrace/auth';
import { ConnectorModule } from '@millrace/connector';
import { Thermostat } from './thermostat.js';

@Module({ providers: [Thermostat] })
class ThermostatModule {}

/**
 * The connector of the simulated thermostat: an application of its own in this process, which reaches the hub as any
 * connector would, over a socket and with a token for its one source.
 */
@Injectable()
export class ThermostatApplication implements OnModuleDestroy {
  private context: Promise<INestApplicationContext> | undefined;

  constructor(private readonly tokens: TokenService) {}

  /** @param url where the hub listens */
  async start(url: string): Promise<void> {
    const user = { name: 'demo:thermostat', scopes: ['sources:connect:thermostat'] };
    const connector = ConnectorModule.forRoot({
      targetServer: url,
      authToken: () => this.tokens.issue(user).token,
      sources: ['thermostat'],
      // The newest readings matter, not those of a long cut.
      outbox: { overflow: 'dropOldest' },
      drainTimeout: '1s',
    });
    this.context = NestFactory.createApplicationContext({ module: ThermostatModule, imports: [connector] });
    await this.context;
  }

  /** While the hub still serves. */
  async onModuleDestroy(): Promise<void> {
    await (await this.context)?.close();
  }
}
