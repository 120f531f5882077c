import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { MillraceError } from '@millrace/core/errors';
import { withDeadline } from '@millrace/protocol';
import type { Queue } from 'bullmq';
import { CONSOLE_SETTINGS, type ConsoleSettings } from '../console.options.js';
import { BoardAdapter, type BoardRequest } from './board-adapter.js';
import { BoardPage } from './board-page.js';
import { findQueues } from './find-queues.js';
import { chosenQueues, JOBS_OPTIONS, type JobsBoardOptions } from './jobs.options.js';
import type { JobsFigures, QueueFigures } from './queue-figures.js';

/** How long Redis may take for what is only read, in milliseconds: a queue waits for a lost one until it comes back. */
const READ_TIMEOUT = 10_000;

/** The board of bull-board with the queues of the application. */
@Injectable()
export class JobsBoard implements OnApplicationBootstrap {
  private readonly adapter = new BoardAdapter();
  private queues: readonly Queue[] = [];
  private page: BoardPage | undefined;

  constructor(
    private readonly modules: ModulesContainer,
    @Inject(JOBS_OPTIONS) private readonly options: JobsBoardOptions,
    @Inject(CONSOLE_SETTINGS) private readonly settings: ConsoleSettings,
  ) {}

  /** Only now every queue is there. */
  onApplicationBootstrap(): void {
    this.queues = chosenQueues(this.options, findQueues(this.modules));
    createBullBoard({
      queues: this.queues.map((queue) => new BullMQAdapter(queue)),
      serverAdapter: this.adapter,
      options: {
        uiConfig: {
          boardTitle: `Jobs · ${this.settings.title}`,
          hideDocsLink: true,
        },
      },
    });
    this.page = new BoardPage(this.adapter.folder);
  }

  /** The page and its files. */
  get files(): BoardPage {
    if (this.page) return this.page;
    throw new MillraceError('UNAVAILABLE', 'The application has not started yet');
  }

  /** The page. @param up the path of the board, relative to the address of the page */
  html(up: string): Promise<string> {
    const { config } = this.adapter;
    return this.files.html(up, config.boardTitle ?? this.settings.title, config);
  }

  /** Answers a request for the interface of the board; undefined where it has no such route. */
  answer(request: BoardRequest): ReturnType<BoardAdapter['answer']> {
    const answer = this.adapter.answer(request);
    return request.method === 'GET' ? withDeadline(answer, READ_TIMEOUT, noAnswer) : answer;
  }

  /** How many jobs each queue has. */
  async figures(): Promise<JobsFigures> {
    return { queues: await withDeadline(Promise.all(this.queues.map(figuresOf)), READ_TIMEOUT, noAnswer) };
  }
}

async function figuresOf(queue: Queue): Promise<QueueFigures> {
  const [counts, isPaused] = await Promise.all([queue.getJobCounts(), queue.isPaused()]);
  return { name: queue.name, isPaused, counts };
}

function noAnswer(): MillraceError {
  return new MillraceError('UNAVAILABLE', `Redis does not answer for the queues within ${READ_TIMEOUT / 1000} seconds`);
}
