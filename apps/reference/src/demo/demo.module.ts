import { Module } from '@nestjs/common';
import { SensorProducer } from './sensor.producer.js';
import { PictureProducer } from './picture.producer.js';

/** Live streams for the first visit: something moves. */
@Module({ providers: [SensorProducer, PictureProducer] })
export class DemoModule {}
