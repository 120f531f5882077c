import { Module } from '@nestjs/common';

/** Pages and documents under `/docs`. */
@Module({})
export class PortalModule {}
