import { z } from 'zod';
import { withUnit } from './option-meta.js';

/** A number of things, at least 1. */
export const countSchema = z.number().int().positive();

/** A number of bytes, at least 1; tables show it as `16 MiB`. */
export const bytesSchema = withUnit(z.number().int().positive(), 'bytes');
