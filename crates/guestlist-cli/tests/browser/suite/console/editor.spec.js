// Drafts: what is said of a pattern while it is typed, and what the buttons do. Nothing here is saved.
import { expect, picture, test } from '../console.js';

test('while a wrong pattern is typed, it is said what is wrong and where, and a button puts the caret there', async ({ upload }) => {
  const field = await upload.add('*.exa mple.com');
  const notes = upload.notes(1);
  const [text, caret] = (await notes.locator('pre.excerpt').innerText()).split('\n');
  expect(text).toBe('*.exa mple.com');
  // Beneath the blank.
  expect(caret).toMatch(/^ {5}\^+$/);
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  // What is said of the field is read with it.
  await expect(field).toHaveAccessibleDescription(/blank|space/i);
  await expect(upload.changes).toContainText('It cannot be saved yet: one pattern is wrong.');
  // Who types on is not disturbed.
  await expect(field).toBeFocused();
  await picture(upload.page, 'error');

  await upload.mode('Report').focus();
  await notes.getByRole('button', { name: 'Go to the error' }).click();
  await expect(field).toBeFocused();
  expect(await field.evaluate((input) => [input.selectionStart, input.selectionEnd])).toEqual([5, 6]);
  // What is selected is what is wrong.
  await upload.page.keyboard.press('Delete');
  await expect(field).toHaveValue('*.example.com');
  await expect(notes.locator('pre.excerpt')).toHaveCount(0);
  await expect(field).not.toHaveAttribute('aria-invalid');
  await expect(upload.changes).toContainText('Nobody else gets in');
});

test('a wrong place behind letters of two units is found as well', async ({ upload }) => {
  const field = await upload.add('a.😀.exa mple');
  await upload.notes(1).getByRole('button', { name: 'Go to the error' }).click();
  const selected = await field.evaluate((input) => input.value.slice(input.selectionStart, input.selectionEnd));
  expect(['😀', ' ']).toContain(selected);
});

test('a pattern that lets in strangers is told of, and the suggestion is taken by its button', async ({ upload }) => {
  await upload.add('*example.com');
  const notes = upload.notes(1);
  await expect(notes).toContainText('Strangers get in');
  await picture(upload.page, 'lint');
  const use = notes.getByRole('button', { name: /^Use / });
  const suggested = (await use.innerText()).replace(/^Use /, '');
  await use.click();
  await upload.expectPatterns([suggested]);
  await expect(upload.pattern(1)).toBeFocused();
  await expect(upload.notes(1)).not.toContainText('Strangers get in');
});

test('it is shown who gets in by a pattern and who nearly does, with a picture of it', async ({ upload }) => {
  await upload.add('{app,www}.example.com:8443');
  const notes = upload.notes(1);
  await notes.getByText('Who gets in', { exact: true }).click();
  await expect(notes.locator('.hosts.in li').first()).toContainText('.example.com:8443');
  await expect(notes.locator('.hosts.out li').first()).toBeVisible();
  const image = notes.getByRole('img');
  await expect(image).toBeVisible();
  await expect(image).toHaveAccessibleName(/./);
  const { width, height } = await image.boundingBox();
  expect(Math.min(width, height)).toBeGreaterThan(20);
  // It is drawn by the stylesheet: without it all of it would be black.
  const fills = await image.locator('rect').evaluateAll((all) => [...new Set(all.map((rect) => getComputedStyle(rect).fill))]);
  expect(fills).not.toContain('rgb(0, 0, 0)');
  await picture(upload.page, 'who-gets-in');
  // Who goes on typing keeps it open.
  await upload.pattern(1).press('End');
  await upload.pattern(1).pressSequentially(' ');
  await upload.pattern(1).press('Backspace');
  await expect(upload.changes).toContainText('Nobody else gets in');
  await expect(image).toBeVisible();
});

test('patterns that say the same, and how one is saved, are told', async ({ upload }) => {
  await upload.add('HTTPS://*.Example.com/');
  await expect(upload.notes(1)).toContainText('Saved as *.example.com');
  await upload.add('*.example.com');
  await expect(upload.notes(2)).toContainText('Says the same as pattern 1');
  await expect(upload.form.locator('#upload-count')).toContainText('1 pattern of 20');
});

test('patterns are added, moved and removed by the keyboard alone, and the focus is where one goes on', async ({ upload }) => {
  const { page } = upload;
  const { keyboard } = page;
  const focused = () => page.evaluate(() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.trim());
  await upload.button('Add a pattern').focus();
  await keyboard.press('Enter');
  await expect(upload.pattern(1)).toBeFocused();
  await keyboard.type('a.example');
  // Enter in a pattern goes on to the next.
  await keyboard.press('Enter');
  await expect(upload.pattern(2)).toBeFocused();
  await keyboard.type('b.example');
  await keyboard.press('Enter');
  await expect(upload.pattern(3)).toBeFocused();
  await keyboard.type('c.example');
  await upload.expectPatterns(['a.example', 'b.example', 'c.example']);

  await keyboard.press('Tab');
  expect(await focused()).toContain('Move pattern 3 up');
  await keyboard.press('Space');
  await upload.expectPatterns(['a.example', 'c.example', 'b.example']);
  await expect(upload.button('Move pattern 2 up')).toBeFocused();
  await keyboard.press('Space');
  await upload.expectPatterns(['c.example', 'a.example', 'b.example']);
  // It is the first one now, and can go down alone.
  await expect(upload.button('Move pattern 1 up')).toBeDisabled();
  await expect(upload.button('Move pattern 1 down')).toBeFocused();
  await keyboard.press('Tab');
  expect(await focused()).toContain('Remove pattern 1');
  await keyboard.press('Enter');
  await upload.expectPatterns(['a.example', 'b.example']);
  await expect(upload.pattern(1)).toBeFocused();
});

test('several lines that are pasted are several patterns', async ({ upload }) => {
  await upload.press('Add a pattern');
  await expect(upload.pattern(1)).toBeFocused();
  await upload.pattern(1).evaluate((field) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', 'a.example\r\n  b.example \n\nc.example\n');
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  });
  await upload.expectPatterns(['a.example', 'b.example', 'c.example']);
});

test('mode and checkbox say what they mean and what saving them changes', async ({ upload, delivery, api, app }) => {
  await api.save(app, 'upload', ['*.example.com']);
  await upload.page.reload();
  await expect(upload.mode('Enforce')).toBeChecked();
  await expect(upload.blockMissing).toBeChecked();
  await expect(delivery.mode('Off')).toBeChecked();
  await expect(upload.changes).toContainText('Nothing: this is what is in force.');
  await upload.blockMissing.uncheck();
  await expect(upload.changes).toContainText('Settings');
  await expect(upload.changes).toContainText(/without/i);
  await upload.mode('Report').check();
  await expect(upload.changes).toContainText(/report/i);
  await picture(upload.page, 'settings-of-a-list');
  await upload.blockMissing.check();
  await upload.mode('Enforce').check();
  await expect(upload.changes).toContainText('Nothing: this is what is in force.');
});

test('it is said whom a save newly admits and whom it admits no longer', async ({ upload, api, app }) => {
  await api.save(app, 'upload', ['*.example.com', 'shop.example.net']);
  await upload.page.reload();
  await upload.press('Remove pattern 2');
  await upload.add('*.example.org');
  await expect(upload.changes).toContainText('Newly admits');
  await expect(upload.changes).toContainText('.example.org by *.example.org');
  await expect(upload.changes).toContainText('No longer admits');
  await expect(upload.changes).toContainText('shop.example.net');
  // By signs, not by colour alone.
  await expect(upload.changes.locator('.plus').first()).toContainText('+');
  await expect(upload.changes.locator('.minus').first()).toContainText('-');
  await picture(upload.page, 'what-saving-changes');
  expect((await api.list(app, 'upload')).patterns).toEqual(['*.example.com', 'shop.example.net']);
});

test('the tester says of draft and saved list who gets in, by which rule, and what was close', async ({ upload, delivery, api, app }) => {
  await api.save(app, 'upload', ['*.example.com']);
  await api.save(app, 'delivery', ['www.example.com']);
  await upload.page.reload();
  await upload.add('shop.example.net');
  const tried = upload.form.locator('#upload-tried');
  await upload.form.getByLabel('Origin to try').fill('https://shop.example.net/path');
  await expect(tried).toContainText('Tried with Origin: https://shop.example.net');
  await expect(tried).toContainText(/draft: let through/i);
  await expect(tried).toContainText('Rule 2 is shop.example.net');
  await expect(tried).toContainText(/saved: denied/i);
  await upload.form.getByLabel('Origin to try').fill('example.com');
  await expect(tried).toContainText('Closest is rule 1, *.example.com');
  await upload.form.getByLabel('Origin to try').fill('');
  await upload.press('Test');
  await expect(tried).toContainText(/denied/i);
  await picture(upload.page, 'tester');

  await expect(upload.form.getByLabel('Referer to try')).toHaveCount(0);
  await delivery.form.getByLabel('Referer to try').fill('https://www.example.com/some/page?x=1');
  await expect(delivery.form.locator('#delivery-tried')).toContainText(/saved, and the draft: let through/i);
  await delivery.form.getByLabel('Origin to try').fill('https://evil.example');
  // A Referer cannot rescue an Origin.
  await expect(delivery.form.locator('#delivery-tried')).toContainText(/saved, and the draft: denied/i);
});

test.describe('a server that is gone', () => {
  test.use({ expected: [/ERR_FAILED|Failed to load/] });

  test('is said, and what was typed stays', async ({ upload }) => {
    await upload.add('a.example');
    await upload.page.route('**/upload', (route) => route.abort());
    await upload.press('Save');
    await expect(upload.status).toContainText('The server does not answer');
    await upload.expectPatterns(['a.example']);
    await upload.page.unroute('**/upload');
    await upload.save(2);
  });
});

test('answers that come late are dropped', async ({ upload, api, app }) => {
  const { page } = upload;
  await api.save(app, 'upload', ['a.example']);
  await page.reload();
  // The first check is held until the second one is answered.
  let release;
  const held = new Promise((resolve) => (release = resolve));
  let count = 0;
  await page.route('**/upload', async (route) => {
    if (count++ === 0) await held;
    await route.continue().catch(() => {});
  });
  const first = page.waitForRequest('**/upload');
  await upload.pattern(1).fill('wrong pattern');
  await first;
  await upload.pattern(1).fill('b.example');
  await expect(upload.changes).toContainText('b.example');
  const late = page.waitForResponse('**/upload');
  release();
  await (await late).finished();
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
  await expect(upload.pattern(1)).not.toHaveAttribute('aria-invalid');
  await expect(upload.changes).toContainText('b.example');
});

test('who leaves with something unsaved is asked first', async ({ upload, api, app }) => {
  const { page } = upload;
  const asked = [];
  page.on('dialog', (dialog) => asked.push(dialog.type()));
  await upload.add('a.example');
  await expect(upload.changes).toContainText('Nobody else gets in');
  await page.getByRole('link', { name: 'Apps' }).first().click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Apps');
  expect(asked).toEqual(['beforeunload']);
  // Where all is saved nobody is asked.
  await api.save(app, 'upload', ['a.example']);
  await page.goBack();
  await page.reload();
  asked.length = 0;
  await page.getByRole('link', { name: 'Apps' }).first().click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Apps');
  expect(asked).toEqual([]);
});
