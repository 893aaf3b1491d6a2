// What tests of the console are made of: apps and people of their own, lists as they are on a page, and what must hold of every page whatever is tested.
import AxeBuilder from '@axe-core/playwright';
import { test as base, expect } from '@playwright/test';
import { Api } from './api.js';
import { claimTokens, kept, target } from './where.js';

export { expect };

export const test = base.extend({
  // What the browser may complain of, where a test means it to.
  expected: async ({}, use) => use([]),

  // Holds of every page of every test.
  watched: [
    async ({ context, expected }, use) => {
      const wrong = [];
      const note = (text) => expected.some((pattern) => pattern.test(text)) || wrong.push(text);
      context.on('page', (page) => {
        page.on('pageerror', (error) => note(`an error in a script: ${error}`));
        page.on('console', (message) => {
          // Violations of the content security policy are told here too.
          if (['error', 'warning'].includes(message.type())) note(`the browser says: ${message.text()} (${message.location().url})`);
        });
        page.on('dialog', (dialog) => {
          if (dialog.type() !== 'beforeunload') note(`a dialog: ${dialog.message()}`);
          return dialog.accept();
        });
      });
      context.on('request', (request) => {
        const from = request.frame()?.url() ?? '';
        const url = new URL(request.url());
        const isLocal = ['http:', 'ws:'].includes(url.protocol) && url.hostname === '127.0.0.1';
        if (!isLocal) note(`a request to another host: ${url} from ${from}`);
      });
      await use(wrong);
      expect(wrong, 'what no page may do').toEqual([]);
    },
    { auto: true },
  ],

  // Secrets of tokens for everything, which no other test has.
  tokens: async ({}, use) => use(claimTokens()),
  api: async ({ tokens }, use) => use(new Api(kept.console, tokens.ada)),

  // An app that no other test has.
  app: async ({ api }, use, info) => {
    const key = `${info.title.replace(/[^a-z]+/gi, '-').slice(0, 60)}-${Date.now().toString(36)}`;
    await api.createApp(key, 'Shop');
    await use(key);
  },

  // A page on which ada is signed in.
  ada: async ({ page, tokens }, use) => {
    await signIn(page, tokens.ada);
    await use(page);
  },

  // The lists of the app, on ada's page.
  upload: async ({ ada, app }, use) => {
    await open(ada, app);
    await use(new List(ada, 'Upload'));
  },
  delivery: async ({ upload }, use) => use(new List(upload.page, 'Delivery')),
});

// Another person at another machine, watched as well.
export const another = async (browser, watch, token, options = {}) => {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.on('pageerror', (error) => watch.push(`an error in a script: ${error}`));
  page.on('dialog', (dialog) => {
    if (dialog.type() !== 'beforeunload') watch.push(`a dialog: ${dialog.message()}`);
    return dialog.accept();
  });
  await signIn(page, token);
  return page;
};

export const signIn = async (page, token, console = kept.console) => {
  await page.goto(`${console}/`);
  await page.getByLabel('Admin token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('button', { name: 'Sign out' })).toBeVisible();
};

export const pageOf = (key) => `${kept.console}/apps/${encodeURIComponent(key)}`;

export const open = async (page, key) => {
  await page.goto(pageOf(key));
  await expect(page.getByRole('heading', { level: 2, name: 'Upload' })).toBeVisible();
};

// A list, as it is on the page of an app.
export class List {
  constructor(page, title) {
    this.page = page;
    this.title = title;
    this.column = page.getByRole('region', { name: title, exact: true });
    this.form = page.locator(`form#${title.toLowerCase()}`);
    this.status = this.form.getByRole('status');
    this.changes = this.form.getByRole('region', { name: 'What saving changes' });
    this.conflict = this.form.getByRole('region', { name: 'Somebody else saved this list' });
  }

  pattern(number) {
    return this.form.getByRole('textbox', { name: `${this.title} pattern ${number}`, exact: true });
  }

  // What is said of a pattern, below it.
  notes(number) {
    return this.form.locator(`#${this.title.toLowerCase()}-pattern-${number}-notes`);
  }

  button(name) {
    return this.form.getByRole('button', { name, exact: true });
  }

  // Presses a button, and waits until the form says what came of it: who types before has it in the old one.
  async press(name) {
    await this.button(name).click();
    await expect(this.form).not.toHaveAttribute('aria-busy', 'true');
  }

  mode(name) {
    return this.form.getByRole('radio', { name });
  }

  get blockMissing() {
    return this.form.getByRole('checkbox', { name: 'Block requests without the header' });
  }

  // What stands in it, from top to bottom.
  patterns() {
    return this.form.locator('input[name=pattern]').evaluateAll((fields) => fields.map((field) => field.value));
  }

  async expectPatterns(patterns) {
    await expect(async () => expect(await this.patterns()).toEqual(patterns)).toPass({ timeout: 10_000 });
  }

  // Adds a pattern as people do: a row, and what stands in it, key by key.
  async add(text) {
    const filled = (await this.patterns()).filter(Boolean).length;
    await this.press('Add a pattern');
    const field = this.pattern(filled + 1);
    await expect(field).toBeFocused();
    await field.pressSequentially(text);
    return field;
  }

  async save(version) {
    await this.press('Save');
    await expect(this.status).toContainText(`Saved as version ${version}`);
  }
}

// A picture of the whole page, kept with the artifacts.
export const picture = (page, name) => page.screenshot({ path: `${target('screenshots')}/${name}.png`, fullPage: true });

// Finds what keeps people from using a page who do not see it or have no mouse. What is serious fails.
export const expectAccessible = async (page, what) => {
  // There are no frames in which it would have to look from a page of its own.
  const found = await new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] }).analyze();
  const serious = found.violations.filter((violation) => ['serious', 'critical'].includes(violation.impact));
  const told = serious.map(({ id, help, nodes }) => ({ id, help, where: nodes.map((node) => `${node.target}: ${node.failureSummary}`) }));
  expect(told, `axe on ${what}`).toEqual([]);
};
