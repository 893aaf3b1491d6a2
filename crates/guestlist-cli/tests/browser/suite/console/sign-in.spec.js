// Who gets in, and who no longer.
import { another, expect, expectAccessible, open, pageOf, picture, signIn, test } from '../console.js';
import { Api } from '../api.js';
import { kept } from '../where.js';

test('a token signs in, with a cookie that no script and no other site has, and signing out ends it', async ({ page, context, tokens }) => {
  await page.goto(`${kept.console}/apps`);
  await expect(page.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible();
  await expect(page.getByLabel('Admin token')).toBeFocused();
  await picture(page, 'sign-in');
  await signIn(page, tokens.ada);
  const [cookie, ...others] = await context.cookies();
  expect(others).toEqual([]);
  expect(cookie).toMatchObject({ name: 'guestlist_session', path: '/', httpOnly: true, sameSite: 'Strict', expires: -1 });
  // It is not the token, and no script sees it.
  expect(tokens.ada).not.toContain(cookie.value);
  expect(await page.evaluate(() => document.cookie)).toBe('');

  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible();
  expect(await context.cookies()).toEqual([]);
  // The cookie is worth nothing any more, whoever has kept it.
  await context.addCookies([cookie]);
  await page.goto(`${kept.console}/apps`);
  await expect(page.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible();
});

test('after the sign-in it goes on where somebody wanted to go', async ({ page, app, tokens }) => {
  await page.goto(`${pageOf(app)}/upload/history`);
  await page.getByLabel('Admin token').fill(`  ${tokens.ada}\n`);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Upload, history');
});

test.describe('what is wrong', () => {
  test.use({ expected: [/status of 40[13]/] });

  test('a wrong token does not, and it is said beside the field', async ({ page }) => {
    await page.goto(`${kept.console}/sign-in`);
    for (const wrong of ['gl_1_00', 'nothing of the kind', '<script>alert(1)</script>']) {
      await page.getByLabel('Admin token').fill(wrong);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await expect(page.getByRole('alert')).toBeVisible();
      await expect(page.getByLabel('Admin token')).toHaveAttribute('aria-invalid', 'true');
      // It is not shown again.
      expect(await page.content()).not.toContain(wrong);
    }
    await picture(page, 'sign-in-wrong');
    await expectAccessible(page, 'a sign-in that failed');
    expect(await page.context().cookies()).toEqual([]);
  });

  test('a token that is revoked is out at once, and what was typed stays', async ({ ada, browser, watched, api, app }) => {
    const { token, secret } = await api.createToken('grace', 'write', app);
    const grace = await another(browser, watched, secret);
    await open(grace, app);
    await api.ask('DELETE', `/tokens/${token.number}`);
    await grace.getByRole('textbox', { name: 'Why (for the history)' }).first().fill('because');
    await grace.getByRole('button', { name: 'Save' }).first().click();
    await expect(grace.locator('form#upload').getByRole('status')).toContainText('You are not signed in any more');
    await expect(grace.getByRole('textbox', { name: 'Why (for the history)' }).first()).toHaveValue('because');
    await grace.goto(pageOf(app));
    await expect(grace.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible();
    await expect(ada.getByRole('button', { name: 'Sign out' })).toBeVisible();
  });

  test('a form of another session changes nothing', async ({ upload, app, api, tokens }) => {
    const { page } = upload;
    await upload.add('a.example');
    await page.locator('form#upload input[name=csrf]').evaluate((field) => (field.value = 'guessed'));
    await upload.press('Save');
    await expect(upload.status).toContainText('This form is not of your session');
    expect((await new Api(kept.console, tokens.ada).list(app, 'upload')).number).toBe(1);
    expect((await api.list(app, 'upload')).patterns).toEqual([]);
  });
});

test('a token that may only look sees no way to change something', async ({ browser, watched, api, app }) => {
  await api.save(app, 'upload', ['*.example.com']);
  const { secret } = await api.createToken('reader', 'read');
  const reader = await another(browser, watched, secret);
  await open(reader, app);
  await expect(reader.getByRole('button', { name: 'Save' })).toHaveCount(0);
  await expect(reader.getByText('Your token may look and try, not save').first()).toBeVisible();
  // They may try all the same.
  await reader.getByRole('button', { name: 'Check' }).first().click();
  await reader.locator('form#upload').getByLabel('Origin to try').fill('www.example.com');
  await expect(reader.locator('#upload-tried')).toContainText(/let through/i);
  await picture(reader, 'read-only');
  for (const name of ['Tokens', 'Settings']) await expect(reader.getByRole('link', { name })).toHaveCount(0);
  await reader.goto(`${kept.console}/apps`);
  await expect(reader.getByRole('link', { name: 'New app' })).toHaveCount(0);
  for (const path of ['/tokens', '/new-app', `/apps/${app}/settings`]) {
    const answer = await reader.context().request.get(kept.console + path);
    expect(answer.status(), path).toBe(403);
  }
  await reader.goto(`${pageOf(app)}/upload/history/1`);
  await expect(reader.getByRole('button', { name: /Bring back/ })).toHaveCount(0);
});

test('a token of one app lands on it and knows of no other', async ({ browser, watched, api, app }) => {
  await api.createApp(`${app}-other`);
  const { secret } = await api.createToken('shopkeeper', 'write', app);
  const page = await another(browser, watched, secret);
  await expect(page).toHaveURL(pageOf(app));
  await expect(page.getByRole('button', { name: 'Save' })).toHaveCount(2);
  await page.getByRole('link', { name: 'Apps' }).first().click();
  await expect(page.locator('tbody tr')).toHaveCount(1);
  const answer = await page.context().request.get(pageOf(`${app}-other`));
  expect(answer.status()).toBe(404);
});
