// The admin API and the check endpoint, for what has to be there before a test begins and to see what came of it.
import { expect } from '@playwright/test';

export class Api {
  constructor(console, token) {
    this.base = `${console}/api/v1`;
    this.token = token;
  }

  async ask(method, path, { body, seen } = {}) {
    const headers = { Authorization: `Bearer ${this.token}` };
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    if (seen !== undefined) headers['If-Match'] = `"${seen}"`;
    const answer = await fetch(this.base + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    const text = await answer.text();
    expect(answer.ok, `${method} ${path}: ${answer.status} ${text}`).toBe(true);
    return text === '' ? null : JSON.parse(text);
  }

  createApp(key, name = '', settings = {}) {
    return this.ask('POST', '/apps', { body: { key, name, ...settings } });
  }

  list(key, list) {
    return this.ask('GET', this.pathOf(key, list));
  }

  // Saves a list over what is there.
  async save(key, list, patterns, { mode = 'enforce', block_missing = true, why = '' } = {}) {
    const { number } = await this.list(key, list);
    return this.ask('PUT', this.pathOf(key, list), { seen: number, body: { patterns, mode, block_missing, why } });
  }

  // A new secret for policies, in front of what there is.
  newSecret(key, seen, keep_previous = true) {
    return this.ask('POST', `/apps/${encodeURIComponent(key)}/secrets`, { seen, body: { keep_previous } });
  }

  createToken(name, access, app) {
    return this.ask('POST', '/tokens', { body: { name, access, app } });
  }

  pathOf(key, list) {
    return `/apps/${encodeURIComponent(key)}/lists/${list}`;
  }
}

// What the check server says of a request with these headers: 204 or 403.
export const check = async (server, list, key, headers = {}, query = '') => {
  const answer = await fetch(`${server.check}/check/${list}/${encodeURIComponent(key)}${query && `?${query}`}`, { headers });
  await answer.arrayBuffer();
  return answer.status;
};
