const PACKAGES = ['@nestjs/platform-ws', '@nestjs/websockets', 'ws', 'ioredis'];

it('the package loads nothing of WebSockets and Redis, so that a host without them need not install them', () => {
  jest.isolateModules(() => {
    for (const name of PACKAGES) {
      jest.doMock(name, () => {
        throw new Error(`${name} is loaded`);
      });
    }
    expect(() => jest.requireActual('./index.js')).not.toThrow();
    expect(() => jest.requireActual('./stores/redis/index.js')).toThrow('ioredis is loaded');
  });
});
