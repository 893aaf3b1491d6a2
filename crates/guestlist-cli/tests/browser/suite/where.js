// Where things are.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../../..');

// A folder that git ignores.
export const target = (name) => path.join(root, 'target', name);
export const docs = (name) => path.join(root, 'docs', name);

const servers = JSON.parse(process.env.GUESTLIST_SERVERS);

const server = (name) => {
  const { console, check, token, tokens } = servers[name] ?? {};
  return { console, check: check?.[0], token, tokens };
};

// With a demo app, and the token that it printed.
export const demo = server('demo');
// Where most tests make apps of their own.
export const kept = server('kept');
// With 100,000 apps.
export const many = server('many');

// Takes a number that no other test has, in whichever process it runs.
const claim = (kind) => {
  for (let number = 0; ; number++) {
    try {
      fs.mkdirSync(path.join(process.env.GUESTLIST_CLAIMS, `${kind}-${number}`));
      return number;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
  }
};

// Tokens for everything that no other test has, of ada and of grace: each may change something only so often.
export const claimTokens = () => {
  const [ada, grace] = kept.tokens.slice(2 * claim('tokens')).slice(0, 2);
  if (!grace) throw new Error('more tests than tokens: see `fill` in main.rs');
  return { ada, grace };
};
