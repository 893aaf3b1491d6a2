// Policies: what is required, secrets one after the other, and what is built with them.
import { check } from '../api.js';
import { expect, expectAccessible, pageOf, picture, test } from '../console.js';
import { kept } from '../where.js';

const openPolicies = async (page, key) => {
  await page.goto(pageOf(key));
  await page.getByRole('link', { name: 'Policies' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Policies');
};

const secret = (page, name) => page.getByRole('textbox', { name, exact: true });

const press = (page, name) => page.getByRole('button', { name, exact: true }).click();

// Shows a secret, and reads it.
const shown = async (page, name) => {
  await expect(secret(page, name)).toBeHidden();
  await page.locator('summary').filter({ hasText: `${name}: Show` }).click();
  await expect(secret(page, name)).toBeVisible();
  return secret(page, name).inputValue();
};

const rotate = async (page) => {
  const status = page.getByRole('status');
  await press(page, 'Make a secret');
  await expect(status).toContainText('There is a secret now.');
  const first = await shown(page, 'The newest');
  expect(first).toMatch(/^[A-Z2-7]{52}$/);
  await press(page, 'New secret, keep the old one for now');
  await expect(status).toContainText('still taken');
  expect(await shown(page, 'The old one')).toBe(first);
  const second = await shown(page, 'The newest');
  expect(second).not.toBe(first);
  return second;
};

const end = async (page) => {
  const status = page.getByRole('status');
  await press(page, 'End the old one');
  await expect(status).toContainText('no longer taken');
  await expect(secret(page, 'The old one')).toHaveCount(0);
  const last = await shown(page, 'The newest');
  await press(page, 'New secret, the old ones end at once');
  await expect(status).toContainText('What others have signed is no longer taken.');
  expect(await shown(page, 'The newest')).not.toBe(last);
};

test('secrets are made, shown to who asks, followed by others and ended', async ({ ada, api, app }) => {
  await openPolicies(ada, app);
  await expectAccessible(ada, 'policies of an app without a secret');
  const second = await rotate(ada);
  await expectAccessible(ada, 'policies of an app with two secrets');
  await picture(ada, 'policies-two-secrets');
  const { current } = await api.ask('GET', `/apps/${app}/secrets`);
  expect(current.secret).toBe(second);
  await end(ada);
  const { entries } = await api.ask('GET', `/log?app=${app}`);
  expect(entries.map((entry) => entry.action.kind)).toEqual(['secret-made', 'previous-secret-ended', 'secret-made', 'secret-made', 'app-created']);
});

test.describe('without a script', () => {
  test.use({ javaScriptEnabled: false });

  test('all of it works as well', async ({ ada, app }) => {
    await openPolicies(ada, app);
    await rotate(ada);
    await press(ada, 'Build and sign');
    await expect(ada.getByLabel('What it says')).toHaveValue(/^\{"expiry":\d+\}$/);
    await end(ada);
  });
});

test.describe('what is required', () => {
  // An app without a secret.
  test.use({ expected: [/status of 409/] });

  test('takes a secret first, and is in force when the page says so', async ({ ada, api, app }) => {
    await openPolicies(ada, app);
    const upload = ada.getByRole('group', { name: 'Upload' });
    await upload.getByRole('radio', { name: /Required/ }).check();
    await press(ada, 'Save');
    await expect(ada.getByRole('alert')).toContainText('make a secret first');
    await expect(upload.getByRole('radio', { name: /Required/ })).toBeChecked();
    await expectAccessible(ada, 'policies with what is wrong');
    await press(ada, 'Make a secret');
    await expect(upload.getByRole('radio', { name: /Off/ })).toBeChecked();
    await upload.getByRole('radio', { name: /Required/ }).check();
    await press(ada, 'Save');
    await expect(ada.getByRole('status')).toContainText('saved, and in force');
    const { upload_policy, delivery_policy } = await api.ask('GET', `/apps/${app}`);
    expect([upload_policy, delivery_policy]).toEqual(['required', 'off']);

    // The very next check follows each of these.
    const asks = (query) => check(kept, 'upload', app, { Origin: 'https://a.example' }, query);
    expect(await asks()).toBe(403);
    expect(await check(kept, 'delivery', app)).toBe(204);
    await press(ada, 'Build and sign');
    const query = await ada.getByLabel('To put behind').inputValue();
    expect(await asks(query)).toBe(204);
    await press(ada, 'New secret, keep the old one for now');
    await expect(ada.getByRole('status')).toContainText('still taken');
    expect(await asks(query)).toBe(204);
    await press(ada, 'End the old one');
    await expect(ada.getByRole('status')).toContainText('no longer taken');
    expect(await asks(query)).toBe(403);
    await upload.getByRole('radio', { name: /Off/ }).check();
    await press(ada, 'Save');
    await expect(ada.getByRole('status')).toContainText('saved, and in force');
    expect(await asks()).toBe(204);
  });
});

test.describe('the builder', () => {
  // A form with mistakes in it.
  test.use({ expected: [/status of 422/] });

  test('signs what is filled in, and says below a field what is wrong with it', async ({ ada, api, app }) => {
    await api.newSecret(app, 0);
    await openPolicies(ada, app);
    await ada.getByRole('checkbox', { name: 'read', exact: true }).check();
    await ada.getByRole('checkbox', { name: 'store', exact: true }).check();
    await ada.getByLabel('Path').fill('(?=a)');
    await press(ada, 'Build and sign');
    const path = ada.getByLabel('Path');
    await expect(path).toHaveAttribute('aria-invalid', 'true');
    await expect(path).toHaveAccessibleDescription(/no regular expression that can be used here/);
    await expectAccessible(ada, 'the builder with a mistake');
    await picture(ada, 'policies-mistake');

    await path.fill('/in/.*');
    await ada.getByLabel('At most so many bytes').fill('1048576');
    await press(ada, 'Build and sign');
    const says = JSON.parse(await ada.getByLabel('What it says').inputValue());
    expect(says).toMatchObject({ call: ['read', 'store'], path: '/in/.*', maxSize: 1048576 });
    expect(says.expiry - Date.now() / 1000).toBeGreaterThan(3500);
    const policy = await ada.getByLabel('The policy', { exact: true }).inputValue();
    expect(JSON.parse(Buffer.from(policy, 'base64url').toString())).toEqual(says);
    const signature = await ada.getByLabel('Its signature').inputValue();
    expect(signature).toMatch(/^[0-9a-f]{64}$/);
    const query = new URLSearchParams(await ada.getByLabel('To put behind').inputValue());
    expect([query.get('policy'), query.get('signature')]).toEqual([policy, signature]);
    await expect(ada.getByRole('checkbox', { name: 'store', exact: true })).toBeChecked();
    await picture(ada, 'policies-built');
    await expectAccessible(ada, 'a policy that was built');
  });
});
