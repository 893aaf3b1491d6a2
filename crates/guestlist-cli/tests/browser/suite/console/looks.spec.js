// How every page is for those who see little, use no mouse, have a phone, or want it dark or still.
import { expect, expectAccessible, open, picture, signIn, test } from '../console.js';
import { check } from '../api.js';
import { kept } from '../where.js';

const LOOKS = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  phone: { colorScheme: 'light', viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
  'dark-phone': { colorScheme: 'dark', viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
};

// An app that has something of everything.
const fill = async (api, app) => {
  await api.save(app, 'upload', ['shop.example.com', '*.preview.example.com', 'localhost:300?', '*example.org'], { mode: 'enforce', why: 'the shop goes live' });
  await api.save(app, 'delivery', ['{,www.}example.com', 'app[1-3].example.net:*'], { mode: 'report', block_missing: false });
  const { version } = await api.newSecret(app, 0);
  await api.newSecret(app, version);
  for (const origin of ['https://evil.example', 'https://a.very-long-name-of-a-host-that-does-not-fit-on-a-phone.preview.customer.example:8443', 'null']) {
    await check(kept, 'upload', app, { Origin: origin });
    await check(kept, 'delivery', app, { Origin: origin });
  }
  await expect(async () => {
    const { denied } = await api.ask('GET', `/apps/${app}/lists/delivery/activity`);
    expect(denied).toHaveLength(3);
  }).toPass({ timeout: 20_000 });
};

const expectNoSidewaysScrolling = async (page, what) => {
  const { width, needed } = await page.evaluate(() => ({ width: document.documentElement.clientWidth, needed: document.documentElement.scrollWidth }));
  expect(needed, `${what}: the width that the page needs`).toBeLessThanOrEqual(width);
};

for (const [look, options] of Object.entries(LOOKS)) {
  test.describe(look, () => {
    test.use(options);

    test(`every page is accessible and fits, ${look}`, async ({ page, tokens, api, app }) => {
      test.setTimeout(90_000);
      await fill(api, app);
      await page.goto(`${kept.console}/sign-in`);
      await expectAccessible(page, 'the sign-in');
      await expectNoSidewaysScrolling(page, 'the sign-in');
      await signIn(page, tokens.ada);
      const pages = {
        apps: '/apps', app: `/apps/${app}`, history: `/apps/${app}/upload/history`, version: `/apps/${app}/upload/history/1`,
        settings: `/apps/${app}/settings`, policies: `/apps/${app}/policies`, 'new-app': '/new-app', tokens: '/tokens', log: '/log',
      };
      for (const [name, path] of Object.entries(pages)) {
        await page.goto(kept.console + path);
        if (name === 'app') {
          // All that can be open, and a draft with an error, a finding, and a change.
          const upload = page.locator('form#upload');
          await upload.getByRole('button', { name: 'Add a pattern' }).click();
          await upload.getByRole('textbox', { name: 'Upload pattern 5' }).fill('a-rather-long.name-of-a-host-with-a .blank.customer.example');
          await upload.getByLabel('Origin to try').fill('https://www.example.com');
          await expect(upload.locator('pre.excerpt')).toBeVisible();
        }
        if (name === 'policies') {
          // What was built, and a field with a mistake, are on two pages.
          await page.getByRole('button', { name: 'Build and sign' }).click();
          await expect(page.getByLabel('Its signature')).toBeVisible();
        }
        if (name === 'app' || name === 'policies') {
          await page.locator('details').evaluateAll((all) => all.forEach((details) => (details.open = true)));
        }
        await expectAccessible(page, `${name}, ${look}`);
        await expectNoSidewaysScrolling(page, `${name}, ${look}`);
        await picture(page, `${name}-${look}`);
      }
    });
  });
}

test('dark is dark and light is light', async ({ page }) => {
  const lightness = () => page.evaluate(() => {
    const [red, green, blue] = getComputedStyle(document.body).backgroundColor.match(/[\d.]+/g).map(Number);
    return (red + green + blue) / 3 / 255;
  });
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto(`${kept.console}/sign-in`);
  expect(await lightness()).toBeGreaterThan(0.8);
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await lightness()).toBeLessThan(0.3);
});

test('who goes from field to field by the keyboard sees where they are', async ({ ada: page, api, app }) => {
  await api.save(app, 'upload', ['a.example', 'b.example']);
  await open(page, app);
  await page.keyboard.press('Tab');
  // First of all a way past the navigation.
  const skip = page.getByRole('link', { name: 'Skip to the content' });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  const seen = new Set();
  for (let steps = 0; steps < 60; steps++) {
    const at = await page.evaluate(() => {
      const { activeElement: element } = document;
      if (!element || element === document.body) return null;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
      const { width, height } = element.getBoundingClientRect();
      const name = `${element.tagName} ${element.name ?? ''} ${element.value ?? ''} ${element.textContent.trim().slice(0, 30)}`;
      return { name, shown: (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1) || boxShadow !== 'none', size: Math.min(width, height) };
    });
    if (!at) break;
    expect(at.shown, `focus on ${at.name} can be seen`).toBe(true);
    expect(at.size, `${at.name} is there`).toBeGreaterThan(1);
    seen.add(at.name);
    await page.keyboard.press('Tab');
  }
  expect([...seen].some((name) => name.includes('save'))).toBe(true);
  expect(seen.size).toBeGreaterThan(15);
});

test('who wants it still has it still', async ({ upload }) => {
  const { page } = upload;
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const moving = await page.evaluate(() => [...document.querySelectorAll('*')].filter((element) => {
    const { transitionDuration, animationDuration, animationName } = getComputedStyle(element);
    const longest = (text) => Math.max(...text.split(',').map((part) => parseFloat(part) * (part.trim().endsWith('ms') ? 1 : 1000)));
    return longest(transitionDuration) > 10 || (animationName !== 'none' && longest(animationDuration) > 10);
  }).map((element) => element.outerHTML.slice(0, 80)));
  expect(moving).toEqual([]);
});

test('text that is twice as large fits as well', async ({ ada, api, app }) => {
  await fill(api, app);
  await ada.setViewportSize({ width: 640, height: 800 });
  await open(ada, app);
  await ada.evaluate(() => (document.documentElement.style.fontSize = '200%'));
  await expectNoSidewaysScrolling(ada, 'the page of an app');
  await picture(ada, 'app-large-text');
});
