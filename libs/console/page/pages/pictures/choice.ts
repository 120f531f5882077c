import { go, link, route } from '../../app/route.js';
import type { Conversion } from './feed/use-pictures.js';

export const CONVERSIONS: Readonly<Record<Conversion, string>> = {
  auto: 'Where the browser needs it',
  none: 'None',
  jpg: 'To JPEG',
  png: 'To PNG',
};

/** Milliseconds by which several streams are held back together. */
export const DELAYS = {
  '0': 'None: each at once',
  '100': '0.1 s',
  '250': '0.25 s',
  '500': '0.5 s',
  '1000': '1 s',
  '3000': '3 s',
} as const;

export type Delay = keyof typeof DELAYS;

/** What the user has chosen to see; all of it is in the address. */
export interface PictureView {
  readonly conversion: Conversion;
  readonly delay: Delay;
  /** The entry to which a link leads. */
  readonly id: string | undefined;
}

export function readView(): PictureView {
  const { query } = route.value;
  const conversion = query.get('output') ?? '';
  const delay = query.get('delay') ?? '';
  return {
    conversion: Object.hasOwn(CONVERSIONS, conversion) ? (conversion as Conversion) : 'auto',
    delay: Object.hasOwn(DELAYS, delay) ? (delay as Delay) : '250',
    id: query.get('id') ?? undefined,
  };
}

/** The address of a page with such a view. */
export function addressOfView(
  path: readonly string[],
  { conversion, delay, id }: PictureView,
  streams?: string,
): string {
  return link(path, {
    streams,
    output: conversion === 'auto' ? undefined : conversion,
    delay: delay === '250' ? undefined : delay,
    id,
  });
}

/** Changes the view in the address of this page. */
export function chooseView(change: Partial<PictureView>): void {
  const { path, query } = route.value;
  go(addressOfView(path, { ...readView(), ...change }, query.get('streams') ?? undefined), { replace: true });
}
