import { BOTH_HTTP_ADAPTERS } from '../support/applications.js';
import { waitFor } from '../support/waiting.js';
import { type Places, PLACES, sourceOf, startPlaces } from './support/guarded-places.js';
import { GLOBAL_SCOPES, guardOf, Ledger, oneTenant, PerRequest } from './support/scoped-guards.js';

describe.each(BOTH_HTTP_ADAPTERS)('A global guard on %s', (adapter) => {
  describe.each(GLOBAL_SCOPES)('of the scope %s', (scope) => {
    const ledger = new Ledger();
    let places: Places;
    let endTenancy: () => void;

    beforeAll(async () => {
      endTenancy = oneTenant();
      places = await startPlaces(guardOf(scope, ledger), adapter);
      await waitFor('the connection', () => sourceOf(places).isConnected);
    });
    afterAll(async () => {
      endTenancy();
      await places.close();
    });

    /** Each was made for what was asked of it, as its scope says. */
    function expectInstances(): void {
      const { asked } = ledger;
      expect(asked.every(({ constructed }) => constructed)).toBe(true);
      const instances = new Set(asked.map(({ instance }) => instance));
      if (scope === 'default' || scope === 'durable') {
        // The two sides are applications of their own.
        const sides = new Set(asked.map(({ place }) => place.startsWith('source Handlers')));
        expect(instances.size).toBe(sides.size);
      }
      if (scope === 'request') {
        expect(instances.size).toBe(asked.length);
        expect(asked.every(({ ofCall }) => ofCall)).toBe(true);
      }
      if (scope === 'transient') {
        const classes = new Set(asked.map(({ place }) => place.replace(/\..*/, '')));
        expect(instances.size).toBe(classes.size);
      }
    }

    it('is asked when a source connects', () => {
      expect(ledger.counts()['source Handlers.connect']).toBe(1);
      expect(ledger.counts()['ws ConnectorSocketHandler.handshake']).toBe(1);
      expect(places.seen.events).toEqual(['connect']);
      expectInstances();
    });

    describe.each(PLACES)('before $name', ({ asks, by, use, allowed, denied }) => {
      beforeEach(() => {
        ledger.clear();
        places.seen.events.length = 0;
      });

      it('is asked once, and lets in', async () => {
        expect(await use(places)).toEqual(allowed);
        expect(ledger.counts()).toEqual(asks);
        expectInstances();
      });

      it('is asked, and refuses', async () => {
        ledger.allows = (place) => place !== by;
        expect(await use(places)).toEqual(denied);
        expect(ledger.counts()[by]).toBeGreaterThan(0);
        expectInstances();
      });
    });

    it('is asked for each notification', async () => {
      ledger.clear();
      places.seen.events.length = 0;
      await sourceOf(places).notify({ n: 1 });
      await waitFor('the notification', () => places.seen.events.length > 0);
      expect(ledger.counts()).toEqual({ 'source Notifications.keep': 1 });
      ledger.allows = () => false;
      await sourceOf(places).notify({ n: 2 });
      await waitFor('the question', () => ledger.asked.length > 1);
      expect(places.seen.events).toEqual(['notification 1']);
      expectInstances();
    });

    it('is asked when a source closes', async () => {
      ledger.clear();
      places.seen.events.length = 0;
      ledger.allows = (place) => place !== 'source Handlers.close';
      await places.connector.close();
      expect(ledger.counts()).toMatchObject({ 'source Handlers.close': 1 });
      expect(places.seen.events).toEqual([]);
    });
  });

  it.each(GLOBAL_SCOPES)('of the scope %s keeps a source from connecting', async (scope) => {
    const ledger = new Ledger();
    ledger.allows = (place) => place !== 'source Handlers.connect';
    const places = await startPlaces(guardOf(scope, ledger), adapter);
    await waitFor('the question', () => ledger.counts()['source Handlers.connect']);
    expect(places.seen.events).toEqual([]);
    await places.close();
  });

  it('that the host adds after the adapter is asked at every place', async () => {
    const ledger = new Ledger();
    const places = await startPlaces(guardOf('default', new Ledger()), adapter, (app) => {
      app.useGlobalGuards(new (guardOf('default', ledger))());
    });
    await waitFor('the connection', () => sourceOf(places).isConnected);
    for (const { by, use, denied } of PLACES) {
      ledger.clear();
      ledger.allows = (place) => place !== by;
      expect(await use(places)).toEqual(denied);
      expect(ledger.counts()[by]).toBeGreaterThan(0);
    }
    await places.close();
  });

  it('of the default scope that injects what is request-scoped is refused at start, by name', async () => {
    expect(PerRequest).toBeDefined();
    await expect(startPlaces(guardOf('injecting', new Ledger()), adapter)).rejects.toThrow('NightWatch');
  });
});
