// Text of strangers is text; and pages that work without any script.
import { check } from '../api.js';
import { List, expect, expectAccessible, open, pageOf, picture, test } from '../console.js';
import { kept } from '../where.js';

const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'-alert(1)-'",
  'javascript:alert(1)',
  '</textarea></title><svg onload=alert(1)>',
  '{{7*7}}${7*7}',
  '\u202Egnp.exe',
  '%3Cscript%3E/../..?x=1#y',
];

// The watch on every page fails on dialogs, on errors of scripts and on what the content security policy stops.
test('names, keys, reasons and origins of strangers are shown as text and never run', async ({ ada, api, app }) => {
  for (const [number, text] of HOSTILE.entries()) {
    const key = `${app}${number} ${text}`.slice(0, 100);
    await api.createApp(key, text);
    await api.save(key, 'upload', ['a.example'], { mode: 'report', why: text });
    await fetch(`${kept.check}/check/upload/${encodeURIComponent(key)}`, { headers: { Origin: 'https://b.example' } });
    await ada.goto(`${kept.console}/apps?q=${encodeURIComponent(key)}`);
    await expect(ada.getByRole('searchbox')).toHaveValue(key);
    await expect(ada.locator('tbody tr')).toHaveCount(1);
    await ada.locator('tbody tr').getByRole('link').click();
    await expect(ada.getByRole('heading', { level: 2, name: 'Upload' })).toBeVisible();
    const visible = text.replace('\u202E', '\\u{202e}');
    await expect(ada.getByRole('heading', { level: 1 })).toHaveText(visible);
    // Its title has no markup of theirs, and no one of them is a link.
    expect(await ada.locator('main [onerror], main [onload], main script, main img, main a[href^="javascript"]').count()).toBe(0);
    await ada.getByRole('link', { name: 'Upload history' }).click();
    await expect(ada.getByText(visible).first()).toBeVisible();
    await ada.goto(`${kept.console}/log?app=${encodeURIComponent(key)}`);
    await expect(ada.getByRole('table')).toContainText(visible);
  }
  await ada.goto(`${kept.console}/apps?q=${encodeURIComponent(app)}`);
  await picture(ada, 'hostile-apps');
});

test('so are patterns and origins that somebody types', async ({ upload }) => {
  await upload.press('Add a pattern');
  for (const text of HOSTILE) {
    await upload.pattern(1).fill(text);
    await expect(upload.notes(1).locator('.message.error').first()).toBeVisible();
    await upload.form.getByLabel('Origin to try').fill(text);
    await upload.press('Test');
    await expect(upload.form.locator('#upload-tried')).toContainText(/denied/i);
    expect(await upload.page.locator('main [onerror], main [onload], main script, main img').count()).toBe(0);
    await upload.expectPatterns([text]);
  }
  await upload.pattern(1).fill(HOSTILE[1]);
  await expect(upload.notes(1)).toContainText(HOSTILE[1]);
  await picture(upload.page, 'hostile-pattern');
});

test('names of tokens too', async ({ ada, api, app }) => {
  const { token } = await api.createToken(HOSTILE[1], 'read', app);
  await ada.goto(`${kept.console}/tokens?after=${token.number - 1}`);
  await expect(ada.getByRole('table')).toContainText(HOSTILE[1]);
});

test('every page has headers that keep out what is not ours, and asks for nothing elsewhere', async ({ ada, app }) => {
  const asked = [];
  ada.on('response', (answer) => asked.push(answer));
  for (const path of ['/apps', `/apps/${app}`, `/apps/${app}/upload/history`, `/apps/${app}/upload/history/1`, `/apps/${app}/settings`, '/new-app', '/tokens', '/log', '/sign-in']) {
    await ada.goto(kept.console + path);
  }
  expect(asked.length).toBeGreaterThan(12);
  for (const answer of asked) {
    const headers = answer.headers();
    const url = answer.url();
    expect(url.startsWith(kept.console), url).toBe(true);
    const policy = headers['content-security-policy'] ?? '';
    for (const part of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"]) {
      expect(policy, url).toContain(part);
    }
    expect(policy, url).not.toContain('unsafe');
    expect(headers, url).toMatchObject({ 'x-content-type-options': 'nosniff', 'cross-origin-opener-policy': 'same-origin' });
    expect(headers['cache-control'], url).toBe(url.includes('/assets/') ? headers['cache-control'] : 'no-store');
  }
});

test.describe('without any script', () => {
  // A save that is refused, as a page.
  test.use({ javaScriptEnabled: false, expected: [/status of 409/] });

  test('a list is edited, checked, tried and saved', async ({ upload, app }) => {
    const { page } = upload;
    await upload.press('Add a pattern');
    await upload.pattern(1).fill('*.exam ple.com');
    await upload.press('Check');
    await expect(upload.notes(1).locator('pre.excerpt')).toContainText('^');
    // What only a script can do is not offered.
    await expect(page.getByRole('button', { name: 'Go to the error' })).toHaveCount(0);
    await picture(page, 'no-script-error');
    await upload.pattern(1).fill('*.example.com');
    await upload.press('Add a pattern');
    await upload.pattern(2).fill('a.example');
    await upload.press('Move pattern 2 up');
    await upload.press('Add a pattern');
    await upload.pattern(3).fill('b.example');
    await upload.press('Remove pattern 1');
    await expect(upload.pattern(1)).toHaveValue('*.example.com');
    await expect(upload.pattern(2)).toHaveValue('b.example');
    await upload.mode('Enforce').check();
    await upload.form.getByLabel('Origin to try').fill('https://www.example.com');
    await upload.press('Test');
    await expect(upload.form.locator('#upload-tried')).toContainText(/draft: let through/i);
    // Enter asks what is in the form, and saves nothing.
    await upload.pattern(1).press('Enter');
    await expect(upload.status).not.toContainText('Saved');
    await upload.save(2);
    expect(await check(kept, 'upload', app, { Origin: 'https://www.example.com' })).toBe(204);
    expect(await check(kept, 'upload', app, { Origin: 'https://a.example' })).toBe(403);
    await picture(page, 'no-script-saved');
  });

  test('and so are conflicts, history and tokens', async ({ upload, app, api }) => {
    const { page } = upload;
    await api.save(app, 'upload', ['theirs.example']);
    await upload.press('Add a pattern');
    await upload.pattern(1).fill('hers.example');
    await upload.press('Save');
    await expect(upload.conflict).toContainText('+ theirs.example');
    await upload.press('Put my changes on top of theirs');
    await upload.save(3);
    await page.getByRole('link', { name: 'Upload history' }).click();
    await page.getByRole('link', { name: 'Version 2' }).click();
    await page.getByRole('button', { name: 'Bring back version 2' }).click();
    expect(await api.list(app, 'upload')).toMatchObject({ number: 4, patterns: ['theirs.example'] });
    await page.goto(`${kept.console}/tokens`);
    await page.getByLabel('Name', { exact: true }).fill('ben');
    await page.getByRole('radio', { name: 'Read' }).check();
    await page.getByRole('button', { name: 'Make the token' }).click();
    await expect(page.getByLabel('The token')).toHaveValue(/^gl_/);
  });
});

// The browser says so of every answer that is no success.
test.describe('pages that there are not', () => {
  test.use({ expected: [/status of 404/] });

  test('say what to do', async ({ ada }) => {
    for (const path of ['/apps/nobody', '/nothing', '/apps/%3Cscript%3Ealert(1)%3C%2Fscript%3E', '/apps/shop/uploads/history']) {
      const answer = await ada.goto(kept.console + path);
      expect(answer.status(), path).toBe(404);
      await expect(ada.locator('main')).toContainText('What to do');
      await expectAccessible(ada, path);
    }
    await picture(ada, 'not-found');
    await open(ada, 'shop');
    expect(new List(ada, 'Upload').page.url()).toBe(pageOf('shop'));
  });
});
