// The list of apps of a server that has as many as it is made for.
import { expect, picture, signIn, test } from '../console.js';
import { many } from '../where.js';

test('among 100,000 apps one is found by its key or its name, and there is a page after the page', async ({ page }) => {
  await signIn(page, many.tokens[0], many.console);
  await page.goto(`${many.console}/apps`);
  const rows = page.locator('tbody tr');
  await expect(rows).toHaveCount(50);
  await expect(rows.first()).toContainText('app-000001');
  await picture(page, 'apps');
  await page.getByRole('link', { name: 'Next page' }).click();
  await expect(rows.first()).toContainText('app-000051');
  await page.getByRole('link', { name: 'Next page' }).click();
  await expect(rows.first()).toContainText('app-000101');
  await page.getByRole('link', { name: 'First page' }).click();
  await expect(rows.first()).toContainText('app-000001');

  const search = page.getByRole('searchbox', { name: 'Key or name contains' });
  await search.fill('CUSTOMER 99999');
  await search.press('Enter');
  await expect(rows).toHaveCount(1);
  await expect(rows.first()).toContainText('app-099999');
  await search.fill('99');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(rows).toHaveCount(50);
  // What is looked for stays on the pages behind.
  await page.getByRole('link', { name: 'Next page' }).click();
  await expect(search).toHaveValue('99');
  await expect(rows).toHaveCount(50);
  await search.fill('nobody <b>');
  await search.press('Enter');
  await expect(page.getByText('No app has this in its key or name.')).toBeVisible();
  await page.getByRole('link', { name: 'Show all' }).click();
  await expect(rows).toHaveCount(50);
  await rows.first().getByRole('link').click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Customer 1');
});
