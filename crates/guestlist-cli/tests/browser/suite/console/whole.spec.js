// What a new customer does on a fresh machine, from the printed token to the check that follows the save.
import { check } from '../api.js';
import { List, expect, expectAccessible, picture, signIn, test } from '../console.js';
import { demo } from '../where.js';

test('with the printed token a pattern is added, tried and saved, and the very next check follows it', async ({ page }) => {
  const asks = (origin) => check(demo, 'upload', 'demo', { Origin: origin });
  await signIn(page, demo.token, demo.console);
  await page.getByRole('link', { name: 'demo', exact: true }).click();
  const upload = new List(page, 'Upload');
  await upload.expectPatterns(['example.com', 'localhost:*']);
  expect(await asks('https://app.example.com')).toBe(403);

  await upload.add('*.example.com');
  await expect(upload.changes).toContainText('Newly admits');
  await upload.form.getByLabel('Origin to try').fill('https://app.example.com');
  const tried = upload.form.locator('#upload-tried');
  await expect(tried).toContainText(/draft: let through/i);
  await expect(tried).toContainText(/saved: denied/i);
  await picture(page, 'whole-tried');
  // Nothing is in force yet.
  expect(await asks('https://app.example.com')).toBe(403);

  await upload.press('Save');
  // As soon as somebody reads that it is in force, it is.
  await expect(upload.status).toHaveText('Saved as version 3. It is in force.');
  expect(await asks('https://app.example.com')).toBe(204);
  expect(await asks('https://a.b.example.com')).toBe(403);
  expect(await asks('https://example.com.evil.example')).toBe(403);
  await picture(page, 'whole-saved');
  await expectAccessible(page, 'the page of the demo');
});
