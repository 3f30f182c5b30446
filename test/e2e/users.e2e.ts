import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Client, type Service, startService } from '../support/service.js';

describe('users through the HTTP interface', () => {
  let service: Service;
  let demo: Client;

  beforeAll(async () => {
    service = await startService();
    demo = await service.client('demo');
  });
  afterAll(() => service?.stop());

  it('answers a registration with the user that the very next read shows', async () => {
    const created = await demo('POST', '/api/v3/users', {
      username: 'jane',
      email: 'jane@example.com',
      profile: { team: 'tide' },
    });
    expect(created).toMatchObject({ status: 201, body: { id: 1, username: 'jane', isActive: true, firstName: '' } });
    expect(created.headers.get('location')).toBe('/api/v3/users/1');
    const read = await demo('GET', '/api/v3/users/1');
    expect(read.body).toEqual(created.body);
    expect(read.headers.get('etag')).toBe('"1"');
  });
});
