import {
  ConnectorHub,
  ConnectorHubModule,
  ConnectorModule,
  ConnectorSet,
  getConnectorSetToken,
} from '@millrace/connector';
import { MillraceWsAdapter } from '@millrace/core';
import { registerMetrics } from '@millrace/core/metrics';
import { OperationsRegistry } from '@millrace/core/ops';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Registry } from 'prom-client';
import { waitFor } from '../support/waiting.js';

describe('What connectors and hub say to those who operate them', () => {
  let app: INestApplication;
  let connectors: INestApplication;

  beforeAll(async () => {
    const hub = await Test.createTestingModule({
      imports: [ConnectorHubModule.forRoot({ sources: { one: {}, two: {} } })],
    }).compile();
    app = hub.createNestApplication();
    app.useWebSocketAdapter(new MillraceWsAdapter(app));
    await app.listen(0);
    const targetServer = await app.getUrl();
    const module = await Test.createTestingModule({
      imports: [
        ConnectorModule.forRoot({ targetServer, sources: ['one'] }),
        ConnectorModule.forRoot({ targetServer, sources: ['nowhere'], name: 'other' }),
      ],
    }).compile();
    connectors = await module.createNestApplication().init();
    const set = connectors.get<ConnectorSet>(getConnectorSetToken());
    await waitFor('the connection', () => set.statuses()[0]?.state === 'connected');
  });
  afterAll(async () => {
    await connectors.close();
    await app.close();
  });

  it('health: a hub counts its sources and those with a connector', async () => {
    expect(await app.get(OperationsRegistry, { strict: false }).healthOf('sources')).toEqual({
      status: 'up',
      details: { sources: 2, connected: 1 },
    });
  });

  it('health: connectors are up when all sources are connected, degraded while one is on its way', async () => {
    const operations = connectors.get(OperationsRegistry, { strict: false });
    expect(await operations.healthOf('connectors')).toMatchObject({
      status: 'up',
      details: { sources: { one: { state: 'connected' } } },
    });
    expect(await operations.healthOf('connectors:other')).toMatchObject({ status: 'degraded' });
  });

  it('metrics: of the hub and of both sets', async () => {
    const text = async (from: INestApplication): Promise<string> => {
      const registry = new Registry();
      registerMetrics(from.get(OperationsRegistry, { strict: false }), registry);
      return registry.metrics();
    };
    await app.get(ConnectorHub).publish('one', {});
    const hub = await text(app);
    expect(hub).toContain('millrace_hub_sessions');
    expect(hub).toContain('millrace_hub_source_connected{source="one"} 1');
    expect(hub).toContain('millrace_hub_source_connected{source="two"} 0');
    expect(hub).toContain('millrace_hub_publishes_total{source="one"} 1');
    expect(hub).toMatch(/^millrace_hub_refused_tokens_total 0$/m);
    const own = await text(connectors);
    expect(own).toContain('millrace_connector_connected{source="one"} 1');
    expect(own).toContain('millrace_connector_connected{source="nowhere"} 0');
    expect(own).toContain('millrace_connector_notifications_acknowledged_total{source="one"} 0');
  });
});
