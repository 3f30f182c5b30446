import { describe, expect, it } from '@jest/globals';
import { Namespace, type Notifications } from '#platform';
import { type Directory } from '#registry';
import { DeletionWatch } from './deletion-watch.js';

describe('the watch for deletions', () => {
  it('listens to each channel once, also where one cannot be listened to at first', async () => {
    const heard: string[] = [];
    let isDown = true;
    const listen = (channel: string) => {
      if (channel.endsWith('deleted_users') && isDown) return Promise.reject(new Error('down'));
      heard.push(channel);
      return Promise.resolve();
    };
    const notifications = { listen } as unknown as Notifications;
    const watch = new DeletionWatch({} as Directory, notifications, new Namespace('spec'));
    await expect(watch.requireTarget({ environment: 'acme' })).rejects.toThrow('down');
    isDown = false;
    await watch.requireTarget({ environment: 'acme' });
    await watch.requireTarget({ environment: 'acme' });
    expect(heard).toHaveLength(2);
    expect(new Set(heard).size).toBe(2);
  });
});
