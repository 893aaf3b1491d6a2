// Saves: of one, of two at once, and of what was before.
import { check } from '../api.js';
import { List, another, expect, expectAccessible, open, pageOf, picture, test } from '../console.js';
import { kept } from '../where.js';

test('a save is in force at once, and in the history with who and why', async ({ upload, app, api }) => {
  await upload.add('*.example.com');
  await upload.mode('Enforce').check();
  await upload.form.getByLabel('Why (for the history)').fill('the shop goes live');
  await upload.save(2);
  expect(await check(kept, 'upload', app, { Origin: 'https://a.example.com' })).toBe(204);
  expect(await check(kept, 'upload', app, { Origin: 'https://a.example.org' })).toBe(403);
  expect(await check(kept, 'upload', app)).toBe(403);
  await upload.blockMissing.uncheck();
  await upload.save(3);
  expect(await check(kept, 'upload', app)).toBe(204);
  const saved = await api.ask('GET', `/apps/${app}/lists/upload/versions`);
  expect(saved.versions.map(({ number, by, why }) => [number, by, why])).toEqual([
    [3, 'ada', ''],
    [2, 'ada', 'the shop goes live'],
    [1, 'ada', ''],
  ]);
});

test.describe('what is wrong', () => {
  test.use({ expected: [/status of 422/] });

  test('is not saved, and stays', async ({ upload, app, api }) => {
    await upload.add('a.example');
    await upload.add('b..example');
    const answered = upload.page.waitForResponse((answer) => answer.request().postData()?.includes('action=save'));
    await upload.press('Save');
    expect((await answered).status()).toBe(422);
    await expect(upload.notes(2).locator('.message.error')).toBeVisible();
    await upload.expectPatterns(['a.example', 'b..example']);
    await expect(upload.status).not.toContainText('Saved as');
    expect((await api.list(app, 'upload')).number).toBe(1);
  });
});

test.describe('two at once', () => {
  // A save that is refused.
  test.use({ expected: [/status of 409|status of 412/] });

  test.beforeEach(async ({ api, app }) => {
    await api.save(app, 'upload', ['a.example', 'b.example']);
  });

  const both = async ({ ada, browser, watched, tokens, app }) => {
    const grace = await another(browser, watched, tokens.grace);
    await open(ada, app);
    await open(grace, app);
    const [hers, theirs] = [ada, grace].map((page) => new List(page, 'Upload'));
    // Grace removes b and adds c; Ada, who has not seen it, adds d and lets in what has no header.
    await theirs.press('Remove pattern 2');
    await theirs.add('c.example');
    await theirs.form.getByLabel('Why (for the history)').fill('b is <b>gone</b>');
    await theirs.save(3);
    await hers.add('d.example');
    await hers.blockMissing.uncheck();
    await hers.form.getByLabel('Why (for the history)').fill('d is new');
    await hers.press('Save');
    await expect(hers.conflict).toBeVisible();
    return hers;
  };

  test('one is shown what the other saved, puts her changes on top, and nothing is lost', async ({ ada, browser, watched, tokens, app, api }) => {
    const hers = await both({ ada, browser, watched, tokens, app });
    await expect(hers.conflict).toContainText('Version 3, by grace');
    await expect(hers.conflict).toContainText('b is <b>gone</b>');
    const lines = await hers.conflict.locator('.difference li').allInnerTexts();
    for (const line of ['- b.example', '+ c.example', '+ d.example']) expect(lines.map((text) => text.trim())).toContain(line);
    await picture(ada, 'conflict');
    await expectAccessible(ada, 'a conflict');
    // Nothing was saved, and her draft is there.
    expect((await api.list(app, 'upload')).number).toBe(3);
    await hers.expectPatterns(['a.example', 'b.example', 'd.example']);

    await hers.press('Put my changes on top of theirs');
    await hers.expectPatterns(['a.example', 'c.example', 'd.example']);
    await expect(hers.blockMissing).not.toBeChecked();
    await expect(hers.form.getByLabel('Why (for the history)')).toHaveValue('d is new');
    expect((await api.list(app, 'upload')).number).toBe(3);
    await picture(ada, 'conflict-merged');
    await hers.save(4);
    expect(await api.list(app, 'upload')).toMatchObject({
      number: 4, by: 'ada', why: 'd is new', block_missing: false, patterns: ['a.example', 'c.example', 'd.example'],
    });
    expect(await check(kept, 'upload', app, { Origin: 'https://c.example' })).toBe(204);
    // What each of them saved is in the history.
    const { patterns } = await api.ask('GET', `/apps/${app}/lists/upload/versions/3`);
    expect(patterns).toEqual(['a.example', 'c.example']);
  });

  test('or takes theirs', async ({ ada, browser, watched, tokens, app }) => {
    const hers = await both({ ada, browser, watched, tokens, app });
    await hers.press('Take theirs');
    await hers.expectPatterns(['a.example', 'c.example']);
    await expect(hers.blockMissing).toBeChecked();
    await expect(hers.conflict).toHaveCount(0);
    await expect(hers.changes).toContainText('Nothing: this is what is in force.');
  });
});

test('the history says what each save changed, and an old version is brought back', async ({ ada, api, app }) => {
  await api.save(app, 'upload', ['a.example', 'b.example'], { why: 'two of them' });
  await api.save(app, 'upload', ['b.example', 'c.example'], { why: 'a is gone' });
  await open(ada, app);
  await ada.getByRole('link', { name: 'Upload history' }).click();
  const versions = ada.locator('.versions > li');
  await expect(versions).toHaveCount(3);
  await expect(versions.first()).toContainText('a is gone');
  await expect(versions.first()).toContainText('- a.example');
  await expect(versions.first()).toContainText('+ c.example');
  await picture(ada, 'history');
  await expectAccessible(ada, 'the history');

  await ada.getByRole('link', { name: 'Version 2' }).click();
  const bring = ada.getByRole('region', { name: 'Bring back version 2' });
  await expect(bring).toContainText('Newly admits');
  await expect(bring).toContainText('a.example');
  await expect(bring).toContainText('No longer admits');
  await expect(bring).toContainText('c.example');
  await picture(ada, 'version');
  await expectAccessible(ada, 'a version');
  expect(await check(kept, 'upload', app, { Origin: 'https://a.example' })).toBe(403);
  await bring.getByLabel('Why (for the history)').fill('too early');
  await bring.getByRole('button', { name: 'Bring back version 2' }).click();
  await expect(ada.getByRole('status')).toBeVisible();
  expect(await check(kept, 'upload', app, { Origin: 'https://a.example' })).toBe(204);
  expect(await check(kept, 'upload', app, { Origin: 'https://c.example' })).toBe(403);
  expect(await api.list(app, 'upload')).toMatchObject({ number: 4, restores: 2, why: 'too early', patterns: ['a.example', 'b.example'] });
});

test.describe('what is brought back', () => {
  test.use({ expected: [/status of 409|status of 412/] });

  test('does not go over what somebody saved meanwhile', async ({ ada, api, app }) => {
    await api.save(app, 'upload', ['a.example']);
    await api.save(app, 'upload', ['b.example']);
    await ada.goto(`${pageOf(app)}/upload/history/2`);
    await api.save(app, 'upload', ['c.example']);
    await ada.getByRole('button', { name: 'Bring back version 2' }).click();
    await expect(ada.getByRole('alert')).toBeVisible();
    expect((await api.list(app, 'upload')).patterns).toEqual(['c.example']);
    // It says now what it would change of that; then it may be done.
    await expect(ada.getByRole('region', { name: 'Bring back version 2' })).toContainText('c.example');
    await ada.getByRole('button', { name: 'Bring back version 2' }).click();
    await expect(ada.getByRole('alert')).toHaveCount(0);
    expect((await api.list(app, 'upload')).patterns).toEqual(['a.example']);
  });
});
