import { Module } from '@nestjs/common';
import { MillraceCoreModule } from '@millrace/core';
import { PortalController } from './portal.controller.js';

/** Pages and documents under `/docs`. */
@Module({ imports: [MillraceCoreModule], controllers: [PortalController] })
export class PortalModule {}
