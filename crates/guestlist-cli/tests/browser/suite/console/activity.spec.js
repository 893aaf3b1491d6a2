// What becomes of requests: those that would be blocked, and how many were decided. And who may ask for what.
import { Api, check } from '../api.js';
import { List, another, expect, expectAccessible, open, picture, signIn, test } from '../console.js';
import { kept } from '../where.js';

// Requests are added up by a thread of the server: asks until they are all there.
const untilCounted = async (api, app, list, count) => {
  await expect(async () => {
    const { counts } = await api.ask('GET', `/apps/${app}/lists/${list}/activity`);
    expect(counts.reduce((sum, { allowed, would_deny, denied }) => sum + allowed + would_deny + denied, 0)).toBe(count);
  }).toPass({ timeout: 20_000 });
};

test('an origin that would be blocked is listed, proposed, saved and then let through', async ({ ada, api, app }) => {
  await api.save(app, 'delivery', ['example.com'], { mode: 'report', block_missing: false });
  const asks = (origin) => check(kept, 'delivery', app, { Origin: origin });
  for (const origin of ['https://shop.example.net:8443', 'https://shop.example.net:8443', 'https://example.com', 'null']) {
    // Nobody is blocked while it only reports.
    expect(await asks(origin)).toBe(204);
  }
  await untilCounted(api, app, 'delivery', 4);
  await open(ada, app);
  const delivery = new List(ada, 'Delivery');
  const row = delivery.column.getByRole('row').filter({ hasText: 'https://shop.example.net:8443' });
  await expect(row).toContainText('2');
  await expect(row).toContainText(/would/i);
  const chart = delivery.column.getByRole('img', { name: /Decisions of the delivery list/ });
  await expect(chart).toBeVisible();
  await expect(chart).toHaveAccessibleName(/4 requests: 1 let through, 3 would have been denied, 0 denied/);
  const drawn = await chart.locator('rect[class=would-deny]').first().boundingBox();
  expect(drawn.height).toBeGreaterThan(1);
  await delivery.column.getByText('The numbers', { exact: true }).click();
  await picture(ada, 'denied-lately');
  await expectAccessible(ada, 'the denied origins and the chart');

  await row.getByRole('button', { name: 'Propose shop.example.net:8443' }).click();
  await delivery.expectPatterns(['example.com', 'shop.example.net:8443']);
  await expect(delivery.changes).toContainText('Newly admits');
  // It is a draft until it is saved.
  expect((await api.list(app, 'delivery')).patterns).toEqual(['example.com']);
  await delivery.mode('Enforce').check();
  await delivery.save(3);
  expect(await asks('https://shop.example.net:8443')).toBe(204);
  expect(await asks('https://shop.example.net')).toBe(403);
  await untilCounted(api, app, 'delivery', 6);
  await ada.reload();
  await expect(row).toContainText('lets it in now');
  await expect(row.getByRole('button')).toHaveCount(0);
});

test('before there are requests, it is said that there are none', async ({ upload }) => {
  await expect(upload.column).toContainText('Nothing was denied');
  await expect(upload.column).toContainText('No requests yet');
});

test('a token is made, shown once, used, and revoked', async ({ ada, app, browser, watched, api }) => {
  await ada.goto(`${kept.console}/tokens`);
  await ada.getByLabel('Name', { exact: true }).fill('ben');
  await ada.getByRole('radio', { name: 'Write' }).check();
  await ada.getByLabel('Only the app with this key').fill(app);
  await ada.getByLabel('Why (for the log)').last().fill('he keeps the shop');
  await ada.getByRole('button', { name: 'Make the token' }).click();
  await expect(ada.getByRole('status')).toContainText('it is not shown again');
  const secret = await ada.getByLabel('The token').inputValue();
  expect(secret).toMatch(/^gl_\d+_/);
  const number = secret.split('_')[1];
  await expectAccessible(ada, 'the page of tokens');
  await picture(ada, 'tokens');
  await ada.goto(`${kept.console}/tokens?after=${Number(number) - 1}`);
  expect(await ada.content()).not.toContain(secret);

  const ben = await another(browser, watched, secret);
  const upload = new List(ben, 'Upload');
  await upload.add('ben.example');
  await upload.save(2);
  expect(await api.list(app, 'upload')).toMatchObject({ by: 'ben', patterns: ['ben.example'] });

  const row = ada.getByRole('row').filter({ has: ada.getByRole('cell', { name: number, exact: true }) });
  await expect(row).toContainText('ben');
  await row.locator('summary').click();
  await row.getByRole('button', { name: `Revoke token ${number} for good` }).click();
  await expect(ada.getByRole('status')).toContainText(/revoked/i);
  await ben.reload();
  await expect(ben.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible();
  const answer = await fetch(`${kept.console}/api/v1/apps`, { headers: { Authorization: `Bearer ${secret}` } });
  expect(answer.status).toBe(401);
});

test('the log says what was done, by whom and why, and leads there', async ({ ada, api, app, tokens }) => {
  const grace = new Api(kept.console, tokens.grace);
  await grace.save(app, 'upload', ['a.example'], { why: 'because of "that"' });
  await open(ada, app);
  await ada.getByRole('link', { name: 'Log' }).last().click();
  const row = ada.getByRole('row').filter({ hasText: 'because of "that"' });
  await expect(row).toContainText('grace');
  await expect(row).toContainText(app);
  await row.getByRole('link').first().click();
  await expect(ada.getByRole('heading', { level: 1 })).toHaveText('Upload, version 2');
});

test('who changes settings over those of somebody else is told', async ({ browser, watched, tokens, app, api, page }) => {
  watched.length = 0;
  await signIn(page, tokens.ada);
  await page.goto(`${kept.console}/apps/${app}/settings`);
  const grace = await another(browser, watched, tokens.grace);
  await grace.goto(`${kept.console}/apps/${app}/settings`);
  await grace.getByLabel('Name', { exact: true }).fill('Grace’s');
  await grace.getByRole('button', { name: 'Save' }).click();
  await expect(grace.getByRole('status')).toContainText('saved');
  await page.getByLabel('Name', { exact: true }).fill('Ada’s');
  const failed = page.waitForResponse((answer) => answer.request().method() === 'POST');
  await page.getByRole('button', { name: 'Save' }).click();
  expect((await failed).ok()).toBe(false);
  await expect(page.locator('main')).toContainText('The settings are now');
  await expect(page.locator('main')).toContainText('Grace’s');
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Ada’s');
  expect(await api.ask('GET', `/apps/${app}`)).toMatchObject({ name: 'Grace’s' });
  // The browser says so of every answer that is no success.
  watched.splice(0, watched.length, ...watched.filter((text) => !/status of 4(09|12)/.test(text)));
});
