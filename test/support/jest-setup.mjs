// A CommonJS package that imports NestJS (nestjs-pino) fails with "Cannot require() ES Module in a cycle"
// when it is the first to load it inside Jest's module registry, so NestJS is loaded beforehand.
await import('@nestjs/common');
await import('@nestjs/core');
