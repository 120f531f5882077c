import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { Test } from '@nestjs/testing';
import { Registry } from 'prom-client';
import { MillraceHealthIndicator } from '../health/index.js';
import { MillraceMetricsModule, registerMetrics } from '../metrics/index.js';
import { MillraceCoreModule } from '../millrace-core.module.js';
import { type MetricFamily, OperationsRegistry } from './index.js';

async function text(operations: OperationsRegistry): Promise<string> {
  const registry = new Registry();
  registerMetrics(operations, registry);
  return registry.metrics();
}

describe('Metrics', () => {
  it('are read when they are asked for, and gone with what they measured', async () => {
    const operations = new OperationsRegistry();
    const registry = new Registry();
    registerMetrics(operations, registry);
    const open = new Map([['a', 1]]);
    operations.add({
      name: 'rooms',
      metrics: [
        { type: 'gauge', name: 'rooms', help: 'Rooms', labels: ['name'], read: async () => samples(open) },
        { type: 'counter', name: 'visits_total', help: 'Visits', read: () => 7 },
        { type: 'gauge', name: 'lag', help: 'Lag', read: () => undefined },
      ],
    });
    expect(await registry.metrics()).toContain('rooms{name="a"} 1');
    open.delete('a');
    open.set('b', 2);
    const later = await registry.metrics();
    expect(later).toContain('rooms{name="b"} 2');
    expect(later).not.toContain('rooms{name="a"}');
    expect(later).toMatch(/^visits_total 7$/m);
    expect(later).toMatch(/^lag 0$/m);
  });

  it('that are told as things happen are counted and timed', async () => {
    const operations = new OperationsRegistry();
    const calls: ((value: number, labels: Record<string, string>) => void)[] = [];
    const common = { help: 'Calls', labels: ['method'] };
    operations.add({
      name: 'calls',
      metrics: [
        { ...common, type: 'counter', name: 'calls_total', subscribe: (add) => calls.push(add) },
        { ...common, type: 'histogram', name: 'seconds', buckets: [1, 2], subscribe: (observe) => calls.push(observe) },
      ],
    });
    const registry = new Registry();
    registerMetrics(operations, registry);
    for (const call of calls) call(2, { method: 'render' });
    const lines = await registry.metrics();
    expect(lines).toContain('calls_total{method="render"} 2');
    expect(lines).toContain('seconds_bucket{le="2",method="render"} 1');
  });

  it('of one name, by two modules of a kind, are one family', async () => {
    const operations = new OperationsRegistry();
    const family = (source: string): MetricFamily => ({
      type: 'counter',
      name: 'sent_total',
      help: 'Sent',
      labels: ['source'],
      read: () => [{ labels: { source }, value: 1 }],
    });
    operations.add({ name: 'one', metrics: [family('a')] });
    operations.add({ name: 'two', metrics: [family('b')] });
    const lines = await text(operations);
    expect(lines).toContain('sent_total{source="a"} 1');
    expect(lines).toContain('sent_total{source="b"} 1');
  });

  it('come by one module into the registry that the host gives', async () => {
    const registry = new Registry();
    const module = await Test.createTestingModule({
      imports: [MillraceCoreModule, MillraceMetricsModule.forRoot({ registry })],
    }).compile();
    module.get(OperationsRegistry).add({
      name: 'late',
      metrics: [{ type: 'gauge', name: 'late', help: 'Late', read: () => 3 }],
    });
    expect(await registry.metrics()).toMatch(/^late 3$/m);
    await module.close();
  });
});

describe('Health', () => {
  it('is what the modules report; a check that throws is down and says why', async () => {
    @Module({ imports: [TerminusModule, MillraceCoreModule], providers: [MillraceHealthIndicator] })
    class Host {}
    const module = await Test.createTestingModule({ imports: [Host] }).compile();
    const operations = module.get(OperationsRegistry);
    operations.add({ name: 'good', health: () => ({ status: 'up', details: { clients: 2 } }) });
    operations.add({ name: 'slow', health: async () => ({ status: 'degraded', details: { waiting: 9 } }) });
    operations.add({ name: 'bad', health: () => Promise.reject(new Error('The disk is full')) });
    operations.add({ name: 'silent' });
    const health = module.get(MillraceHealthIndicator);
    expect(await health.check('good')).toEqual({ good: { status: 'up', clients: 2 } });
    expect(await health.check('slow')).toEqual({ slow: { status: 'degraded', waiting: 9 } });
    expect(await health.check('bad')).toEqual({ bad: { status: 'down', message: 'The disk is full' } });
    expect(await health.check('streams')).toEqual({
      streams: {
        status: 'down',
        message: 'No module reports its health as "streams"; known are "good", "slow", "bad"',
      },
    });
    expect(health.checks()).toHaveLength(3);
    await module.close();
  });
});

function samples(values: ReadonlyMap<string, number>): { labels: { name: string }; value: number }[] {
  return [...values].map(([name, value]) => ({ labels: { name }, value }));
}
