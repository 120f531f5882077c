import { Module } from '@nestjs/common';
import { MillraceCoreModule } from '@millrace/core';
import { PictureProducer } from './picture.producer.js';
import { SensorProducer } from './sensor.producer.js';
import { ThermostatApplication } from './thermostat/thermostat.application.js';

/** Live data for the first visit: something moves. */
@Module({ imports: [MillraceCoreModule], providers: [SensorProducer, PictureProducer, ThermostatApplication] })
export class DemoModule {}
