export { EnhancedCalls, type EnhancedCall, type EnhancedMethod } from './enhanced-calls.js';
export { HandlerClass, HandlerClasses, type MarkedMethod } from './handler-classes.js';
