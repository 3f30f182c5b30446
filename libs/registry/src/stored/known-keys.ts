import { type KeyObject } from 'node:crypto';
import { type UserKeyId } from '../decisions/registry.state.js';
import { type KeySource, textOfKeyId } from './keyring.js';

/** The keys that one request has come to already: it asks for none of them twice, and not for those that it is told of. */
export class KnownKeys implements KeySource {
  private readonly keys = new Map<string, KeyObject>();

  constructor(private readonly source: KeySource) {}

  know(name: UserKeyId, key: KeyObject): KeyObject {
    this.keys.set(textOfKeyId(name), key);
    return key;
  }

  rootKey() {
    return this.source.rootKey();
  }

  async makeKey(name: UserKeyId): Promise<KeyObject> {
    return this.know(name, await this.source.makeKey(name));
  }

  async findKey(name: UserKeyId): Promise<KeyObject | undefined> {
    return this.keys.get(textOfKeyId(name)) ?? this.source.findKey(name);
  }
}
