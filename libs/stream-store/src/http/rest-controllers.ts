import { DataController } from './data.controller.js';
import { MjpegController } from './mjpeg.controller.js';
import { PingController } from './ping.controller.js';
import { StreamsController } from './streams.controller.js';

/** The controllers behind the option `rest`. */
export const REST_CONTROLLERS = [StreamsController, DataController, MjpegController, PingController] as const;
