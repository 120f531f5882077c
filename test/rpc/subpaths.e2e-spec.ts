import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { MillraceHealthIndicator } from '@millrace/core/health';
import { MillraceMetricsModule } from '@millrace/core/metrics';
import { RpcModule } from '@millrace/rpc';
import { RpcTester } from '@millrace/rpc/testing';
import { Registry } from 'prom-client';
import { type RunningApplication, startApplication } from '../support/applications.js';
import { PlaygroundModule } from './support/playground.js';

@Module({ imports: [TerminusModule], providers: [MillraceHealthIndicator] })
class HealthModule {}

describe('What operators and testers see', () => {
  const registry = new Registry();
  let running: RunningApplication;
  let rpc: RpcTester;
  beforeAll(async () => {
    const imports = [RpcModule.forRoot(), MillraceMetricsModule.forRoot({ registry }), PlaygroundModule, HealthModule];
    running = await startApplication(imports);
    rpc = new RpcTester(running.app);
  });
  afterAll(() => running.close());

  it('testing: calls methods without a socket', async () => {
    expect(await rpc.call('subtract', [42, 23])).toBe(19);
    await expect(rpc.call('app-error')).rejects.toMatchObject({ code: 1234, data: { reason: 'asked for' } });
    expect(await rpc.send('{"jsonrpc":"2.0","method":"nothing"}')).toBeUndefined();
    expect(await rpc.call('slow', { steps: 2 })).toBe('done');
    expect(rpc.notifications).toHaveLength(2);
  });

  it('metrics: counts and times calls by method', async () => {
    await rpc.call('sum', [1]);
    const text = await registry.metrics();
    expect(text).toContain('millrace_rpc_calls_total{method="sum",outcome="done"} 1');
    expect(text).toContain('millrace_rpc_calls_total{method="app-error",outcome="failed"} 1');
    expect(text).toContain('millrace_rpc_call_duration_seconds_count{method="sum"} 1');
    expect(text).toContain('millrace_rpc_sessions 1');
    expect(text).toContain('millrace_rpc_calls_pending 0');
  });

  it('health: is up and says how much there is', async () => {
    const health = await running.app.get(MillraceHealthIndicator, { strict: false }).check('rpc');
    expect(health).toMatchObject({ rpc: { status: 'up', clients: 1, calls: 0 } });
  });
});
