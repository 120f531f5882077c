import { Injectable, type OnModuleInit } from '@nestjs/common';
import { warmUpPatterns } from './engine/patterns/warm-up.js';

/** Makes the engine of patterns quick before the application listens. */
@Injectable()
export class PatternWarmUp implements OnModuleInit {
  onModuleInit(): void {
    warmUpPatterns();
  }
}
