import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  type INestApplicationContext,
  Injectable,
  Module,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TokenService } from '@millrace/auth';
import { ConnectorModule } from '@millrace/connector';
import { Thermostat } from './thermostat.js';

@Module({})
class ThermostatModule {
  static create(targetServer: string, authToken: () => string): DynamicModule {
    return {
      module: ThermostatModule,
      imports: [
        ConnectorModule.forRoot({
          targetServer,
          authToken,
          sources: ['thermostat'],
          // The newest readings matter, not those of a long cut.
          outbox: { overflow: 'dropOldest' },
          drainTimeout: '1s',
        }),
      ],
      providers: [Thermostat],
    };
  }
}

/**
 * The connector of the simulated thermostat: an application of its own in this process, which reaches the hub as any
 * connector would, over a socket and with a token for its one source.
 */
@Injectable()
export class ThermostatApplication implements BeforeApplicationShutdown {
  private context: Promise<INestApplicationContext> | undefined;

  constructor(private readonly tokens: TokenService) {}

  /** @param url where the hub listens */
  async start(url: string): Promise<void> {
    const user = { name: 'demo:thermostat', scopes: ['sources:connect:thermostat'] };
    const module = ThermostatModule.create(url, () => this.tokens.issue(user).token);
    this.context = NestFactory.createApplicationContext(module);
    await this.context;
  }

  async beforeApplicationShutdown(): Promise<void> {
    await (await this.context)?.close();
  }
}
