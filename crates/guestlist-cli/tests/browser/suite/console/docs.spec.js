// The pictures in README and docs: `GUESTLIST_WRITE_SCREENSHOTS=1 GUESTLIST_BROWSER_ONLY='for the docs' cargo test -p guestlist-cli --test browser console`.
import { execFileSync } from 'node:child_process';
import { check } from '../api.js';
import { List, expect, open, signIn, test } from '../console.js';
import { docs, kept } from '../where.js';

const PICTURES = {
  console: { colorScheme: 'light', viewport: { width: 1280, height: 1420 } },
  'console-dark': { colorScheme: 'dark', viewport: { width: 1280, height: 1420 } },
  'console-phone': { colorScheme: 'light', viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
};

test.describe('pictures for the docs', () => {
  test.skip(!process.env.GUESTLIST_WRITE_SCREENSHOTS, 'they are written when GUESTLIST_WRITE_SCREENSHOTS is set');
  for (const [number, [name, options]] of Object.entries(PICTURES).entries()) {
    test.describe(name, () => {
      test.use(options);

      test(`${name} for the docs`, async ({ page, tokens, api }) => {
        const key = `AbCd123${number + 4}`;
        await api.createApp(key, 'Shop');
        await api.save(key, 'upload', ['shop.example.com', 'checkout-?.example.com'], { why: 'the shop goes live' });
        await api.save(key, 'delivery', ['{,www.}example.com', 'cdn[1-3].example.net'], { mode: 'report', block_missing: false });
        for (const origin of ['https://partner.example', 'https://www.example.com', 'https://example.com']) await check(kept, 'delivery', key, { Origin: origin });
        await expect(async () => {
          const { counts } = await api.ask('GET', `/apps/${key}/lists/delivery/activity`);
          expect(counts.reduce((sum, hour) => sum + hour.allowed + hour.would_deny, 0)).toBe(3);
        }).toPass();
        await signIn(page, tokens.ada);
        await open(page, key);
        const upload = new List(page, 'Upload');
        await upload.add('*example.org');
        await expect(upload.notes(3)).toContainText('Strangers get in');
        await expect(upload.changes).toContainText('Newly admits');
        // On a phone what is written about; elsewhere everything is in the picture.
        await page.evaluate((isPhone) => {
          document.activeElement.blur();
          scrollTo(0, 0);
          if (isPhone) document.querySelector('#upload-patterns').scrollIntoView();
        }, Boolean(options.isMobile));
        const path = docs(`${name}.png`);
        await page.screenshot({ path, animations: 'disabled' });
        shrink(path);
      });
    });
  }
});

// To a palette, where the tool is there.
const shrink = (path) => {
  try {
    execFileSync('pngquant', ['--force', '--skip-if-larger', '--strip', '--output', path, '64', path]);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.status !== 98) throw error;
  }
};
