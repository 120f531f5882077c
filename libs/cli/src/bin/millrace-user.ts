#!/usr/bin/env node
import { startProgram } from '../aliases/program.js';
import { USER_PROGRAM } from '../aliases/user-program.js';

startProgram(USER_PROGRAM);
