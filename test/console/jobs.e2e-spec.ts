import { BullModule, getQueueToken } from '@nestjs/bullmq';
import { type Queue, Worker } from 'bullmq';
import type { Browser } from 'playwright-core';
import { jobsBoard } from '@millrace/console/jobs';
import { HTTP_ADAPTERS } from '../support/applications.js';
import { startBrowser } from '../support/browser.js';
import { type RunningRedis, startRedis } from '../support/redis.js';
import { waitFor } from '../support/waiting.js';
import { type ConsoleApplication, startConsole } from './support/console-application.js';
import { accessibilityFaults, goTo, openConsole } from './support/console-page.js';
import { SubPathProxy } from './support/sub-path-proxy.js';

describe.each(HTTP_ADAPTERS)('The jobs in the console on %s', (adapter) => {
  let browser: Browser;
  let redis: RunningRedis;
  let running: ConsoleApplication;
  let mail: Queue;
  beforeAll(async () => {
    redis = await startRedis();
    running = await startConsole(adapter, {
      imports: [
        BullModule.forRoot({ connection: { host: '127.0.0.1', port: redis.port } }),
        BullModule.registerQueue({ name: 'mail' }, { name: 'pictures' }),
      ],
      jobs: jobsBoard(),
    });
    mail = running.app.get<Queue>(getQueueToken('mail'), { strict: false });
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await running?.close();
    await redis?.stop();
  });

  /** A job that a worker has failed at; the worker is gone. */
  const failedJob = async (id: string): Promise<void> => {
    await mail.add('welcome', { to: 'somebody@example.org' }, { jobId: id });
    const worker = new Worker('mail', () => Promise.reject(new Error('The post office is closed')), {
      connection: { host: '127.0.0.1', port: redis.port },
    });
    await waitFor('the job to fail', async () => (await mail.getJobState(id)) === 'failed');
    await worker.close();
  };

  it('shows an administrator a failed job, who does it again on the board and comes back', async () => {
    await failedJob('job-1');
    const { page, complaints, close } = await openConsole(browser, running.console);
    const elsewhere: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(running.url) && !request.url().startsWith('data:')) elsewhere.push(request.url());
    });
    await goTo(page, '/jobs');
    const row = page.getByRole('row').filter({ hasText: 'mail' });
    await page.getByRole('row').filter({ hasText: 'pictures' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);

    await row.getByRole('link', { name: '1 failed jobs of mail' }).click();
    await page.getByText('The post office is closed').first().waitFor();
    await page.getByText('Data', { exact: true }).first().click();
    await page.getByText('somebody@example.org').first().waitFor();
    expect(new URL(page.url()).pathname).toBe('/console/jobs/queue/mail');
    await page.getByRole('button', { name: 'Retry all' }).click();
    await page.getByRole('button', { name: 'Confirm' }).click();
    await waitFor('the job to wait again', async () => (await mail.getJobState('job-1')) === 'waiting');

    await page.getByRole('link', { name: 'Back to the console' }).click();
    await page.getByRole('heading', { level: 1, name: 'Jobs' }).waitFor();
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
    expect(elsewhere).toEqual([]);
    await close();
  });

  it('is not there for a user without jobs:admin', async () => {
    const { page, close } = await openConsole(browser, running.console, 'reader');
    await page.getByRole('link', { name: 'Streams', exact: true }).waitFor();
    expect(await page.getByRole('link', { name: 'Jobs' }).count()).toBe(0);
    for (const path of ['', '/', '/queue/mail', '/api/queues', '/figures.json', '/static/images/logo.svg']) {
      const answer = await page.context().request.get(`${running.console}/jobs${path}`);
      expect([path, answer.status()]).toEqual([path, 403]);
    }
    const change = await page.context().request.put(`${running.console}/jobs/api/queues/mail/empty`);
    expect(change.status()).toBe(403);
    await close();
  });

  it('refuses what a page of another origin asks for with the cookie', async () => {
    const { page, close } = await openConsole(browser, running.console);
    await mail.add('welcome', {}, { jobId: 'job-2' });
    const { request } = page.context();
    const foreign = { headers: { Origin: 'https://elsewhere.example.org' } };
    const emptied = await request.put(`${running.console}/jobs/api/queues/mail/empty`, foreign);
    expect(emptied.status()).toBe(401);
    const added = await request.post(`${running.console}/jobs/api/queues/mail/add`, {
      ...foreign,
      data: { name: 'forged', data: {}, options: {} },
    });
    expect(added.status()).toBe(401);
    expect((await mail.getJobs()).map(({ name }) => name)).not.toContain('forged');
    expect(await mail.getJobState('job-2')).toBe('waiting');
    await close();
  });

  it('works behind the prefix of the host and below the path of a proxy, where no module provides the queue', async () => {
    const elsewhere = await startConsole(adapter, {
      jobs: jobsBoard({ queues: [mail] }),
      prepare: (app) => void app.setGlobalPrefix('hub'),
    });
    const proxy = await SubPathProxy.start(elsewhere.url, '/hall-4/');
    const { page, complaints, close } = await openConsole(browser, `${proxy.url}/hub/console/`);
    await goTo(page, '/jobs');
    await page.getByRole('link', { name: 'mail', exact: true }).click();
    await page.getByText('No workers').waitFor();
    expect(new URL(page.url()).pathname).toBe('/hall-4/hub/console/jobs/queue/mail');
    await page.getByRole('link', { name: 'Back to the console' }).click();
    await page.getByRole('heading', { level: 1, name: 'Jobs' }).waitFor();
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
    await close();
    await proxy.close();
    await elsewhere.close();
  });

  it('ends the start where no module provides a queue of a name', async () => {
    const start = startConsole(adapter, { jobs: jobsBoard({ queues: ['post'] }) });
    await expect(start).rejects.toThrow('jobsBoard: option "queues" names "post", which no module provides');
  });
});
