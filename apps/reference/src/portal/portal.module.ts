import { Module } from '@nestjs/common';
import { MillraceSocketsModule } from '@millrace/core';
import { PortalController } from './portal.controller.js';

/** Pages and documents under `/docs`. */
@Module({ imports: [MillraceSocketsModule], controllers: [PortalController] })
export class PortalModule {}
