// Shows the OpenAPI document of this server by Swagger UI, and lets a reader try its routes.
/* global SwaggerUIBundle */

// The address of `POST /token` is relative to that of the document, but Swagger UI takes it relative to the page.
if (location.pathname.endsWith('/'))
  history.replaceState(null, '', location.pathname.slice(0, -1) + location.search + location.hash);

SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  displayRequestDuration: true,
  persistAuthorization: true,
  tryItOutEnabled: true,
  // It would show the document to a server of others.
  validatorUrl: null,
});
