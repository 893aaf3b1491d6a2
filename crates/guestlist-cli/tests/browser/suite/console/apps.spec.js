// New apps, their settings, and their end.
import { check } from '../api.js';
import { List, expect, expectAccessible, open, pageOf, picture, test } from '../console.js';
import { kept } from '../where.js';

test.describe('an app', () => {
  // A removal without the right key.
  test.use({ expected: [/status of 422/] });

  test('is made, named, given another limit, and removed', async ({ ada, api, app }) => {
    const key = `${app}-new`;
    await ada.goto(`${kept.console}/apps`);
    await ada.getByRole('link', { name: 'New app' }).click();
    await ada.getByLabel('Key').fill(key);
    await ada.getByLabel('Name').fill('Bücher & more');
    await ada.getByLabel('Why (for the log)').fill('a new customer');
    await picture(ada, 'new-app');
    await expectAccessible(ada, 'the page of a new app');
    await ada.getByRole('button', { name: 'Make the app' }).click();
    await expect(ada).toHaveURL(pageOf(key));
    await expect(ada.getByRole('heading', { level: 1 })).toHaveText('Bücher & more');
    expect(await check(kept, 'upload', key, { Origin: 'https://a.example' })).toBe(204);

    await ada.getByRole('link', { name: 'Settings' }).click();
    await ada.getByLabel('Name', { exact: true }).fill('Bücher');
    await ada.getByLabel('Most patterns for upload').fill('2');
    await picture(ada, 'settings');
    await expectAccessible(ada, 'the settings');
    await ada.getByRole('button', { name: 'Save' }).click();
    await expect(ada.getByRole('status')).toContainText('The settings are saved.');
    await open(ada, key);
    await expect(ada.getByRole('heading', { level: 1 })).toHaveText('Bücher');
    const upload = new List(ada, 'Upload');
    for (const pattern of ['a.example', 'b.example', 'c.example']) await upload.add(pattern);
    await expect(upload.changes).toContainText('It cannot be saved');
    await upload.press('Remove pattern 3');
    await upload.mode('Enforce').check();
    await upload.save(2);
    expect(await check(kept, 'upload', key, { Origin: 'https://c.example' })).toBe(403);

    await ada.getByRole('link', { name: 'Settings' }).click();
    await ada.getByLabel('Type the key to remove the app').fill(app);
    await ada.getByRole('button', { name: 'Remove the app' }).click();
    await expect(ada.getByRole('alert')).toBeVisible();
    expect((await api.list(key, 'upload')).patterns).toHaveLength(2);
    await ada.getByLabel('Type the key to remove the app').fill(key);
    await ada.getByRole('button', { name: 'Remove the app' }).click();
    // The log tells of it, and of what was before.
    await expect(ada.getByRole('heading', { level: 1 })).toHaveText('Log');
    await expect(ada.getByRole('table')).toContainText('a new customer');
    await picture(ada, 'log');
    await expectAccessible(ada, 'the log');
    expect(await check(kept, 'upload', key, { Origin: 'https://a.example' })).toBe(403);
  });
});

test.describe('a key that is taken', () => {
  test.use({ expected: [/status of 409/] });

  test('is said, and what was typed stays', async ({ ada, app }) => {
    await ada.goto(`${kept.console}/new-app`);
    await ada.getByLabel('Key').fill(app);
    await ada.getByLabel('Name').fill('Another');
    await ada.getByRole('button', { name: 'Make the app' }).click();
    await expect(ada.getByRole('alert')).toBeVisible();
    await expect(ada.getByLabel('Key')).toHaveValue(app);
    await expect(ada.getByLabel('Name')).toHaveValue('Another');
  });
});
