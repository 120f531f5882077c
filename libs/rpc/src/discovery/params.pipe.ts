import type { PipeTransform } from '@nestjs/common';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { validateParams } from '../engine/schemas/validate-params.js';

/** Validates the params by the method's own schema; runs after guards, interceptors and the host's pipes. */
export class ParamsPipe implements PipeTransform {
  constructor(private readonly schema: StandardSchemaV1) {}

  transform(value: unknown): unknown {
    return validateParams(this.schema, value);
  }
}
