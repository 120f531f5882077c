import type { ServerInfo as Info } from '@millrace/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { type Settings, SETTINGS } from '../config/settings.js';

/**
 * Version of BTrDB's interface. Clients of today take no other major version than 5, and from minor version 30 on call
 * methods this server does not have (connection-profiles#22).
 */
const VERSION = { majorVersion: 5, minorVersion: 1 } as const;

/** Knows the server's version and the addresses it is reached at. */
@Injectable()
export class ServerInfo {
  private endpoints: readonly string[] = [];

  constructor(@Inject(SETTINGS) private readonly settings: Settings) {}

  /** Notes under which addresses (`host:port`) the server can be reached. */
  announce(endpoints: readonly string[]): void {
    this.endpoints = endpoints;
  }

  get(): Info {
    const { revision } = this.settings;
    return {
      ...VERSION,
      build: revision === 'unknown' ? 'millrace 0.1.0' : `millrace 0.1.0 (${revision})`,
      // Always there, even when empty: without it clients ask for a map of the cluster.
      proxy: { proxyEndpoints: this.endpoints },
    };
  }
}
