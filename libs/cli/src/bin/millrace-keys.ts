#!/usr/bin/env node
import { KEYS_PROGRAM } from '../aliases/keys-program.js';
import { startProgram } from '../aliases/program.js';

startProgram(KEYS_PROGRAM);
