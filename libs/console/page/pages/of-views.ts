// One script for what draws entries.
export { default as Pictures } from './pictures/pictures.js';
export { default as Plot } from './plot/plot.js';
export { default as StreamPicture } from './stream/picture/picture.js';
export { default as StreamPlot } from './stream/plot/plot.js';
