import { known } from '../../app/configuration.js';
import { ShowLoaded } from '../../parts/loading/show-loaded.js';
import { useLoaded } from '../../parts/loading/use-loaded.js';
import { readDocument } from './documents.js';
import { RouteList } from './route-list.js';
import type { OpenApiDocument } from './open-api.js';
import { SwaggerUi } from './swagger-ui.js';

/** The routes, by Swagger UI where the host has it, else as a list. */
export default function Rest() {
  const loaded = useLoaded((signal) => readDocument<OpenApiDocument>('openapi.json', signal), []);
  const swagger = known.configuration?.swagger;
  return (
    <ShowLoaded of={loaded} what="the document of the routes">
      {(document) => (swagger ? <SwaggerUi document={document} files={swagger} /> : <RouteList document={document} />)}
    </ShowLoaded>
  );
}
