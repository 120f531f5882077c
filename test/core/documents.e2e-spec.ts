import { RequestMethod } from '@nestjs/common';
import { AuthModule, authOpenApi } from '@millrace/auth';
import { ConnectivityModule, connectivityOpenApi } from '@millrace/connectivity';
import { ConnectorHubModule, connectorOpenApi } from '@millrace/connector';
import { openApiDocument } from '@millrace/core/documents';
import { HostPaths } from '@millrace/core/http';
import { memoryStore, StreamStoreModule, streamsOpenApi } from '@millrace/stream-store';
import { BOTH_HTTP_ADAPTERS, startApplication } from '../support/applications.js';

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components: { readonly securitySchemes: { readonly login: { flows: { password: { tokenUrl: string } } } } };
}

it.each(BOTH_HTTP_ADAPTERS)(
  'An OpenAPI document leads to the routes behind the prefix of the host on %s',
  async (adapter) => {
    const imports = [
      AuthModule.forRoot({ jwt: { secret: 'a secret of at least thirty-two bytes' }, throttle: false }),
      StreamStoreModule.forRoot({ store: memoryStore() }),
      ConnectivityModule.forRoot({ prefix: 'registry', ignoreGlobalPrefix: true, frontPage: true }),
      ConnectorHubModule.forRoot({ sources: {} }),
    ];
    const exclude = ['sources', { path: 'streams/:id', method: RequestMethod.DELETE }];
    const running = await startApplication(imports, {
      adapter,
      prepare: (app) => void app.setGlobalPrefix('api', { exclude }),
    });
    const fragments = [
      authOpenApi(),
      streamsOpenApi(),
      { ...connectivityOpenApi('registry'), ignoreGlobalPrefix: true },
      connectorOpenApi(),
    ];
    const hostPaths = running.app.get(HostPaths, { strict: false });
    const { paths, components } = openApiDocument({ title: 'A', version: '1' }, fragments, { hostPaths }) as Document;
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/api/token', '/api/streams/{id}', '/streams/{id}', '/registry/publish', '/sources']),
    );
    expect(Object.keys(paths['/streams/{id}']!)).toEqual(['delete']);
    expect(components.securitySchemes.login.flows.password.tokenUrl).toBe('/api/token');
    for (const [path, item] of Object.entries(paths)) {
      for (const method of Object.keys(item).filter(
        (name) => RequestMethod[name.toUpperCase() as 'GET'] !== undefined,
      )) {
        const url = running.url + path.replace(/\{\w+\}/g, 'x');
        const response = await fetch(url, { method: method.toUpperCase() });
        const text = await response.text();
        // As Nest answers what no route takes.
        expect(`${method} ${path}: ${text}`).not.toMatch(/: .*Cannot (GET|POST|PUT|DELETE)/);
      }
    }
    await running.close();
  },
);
