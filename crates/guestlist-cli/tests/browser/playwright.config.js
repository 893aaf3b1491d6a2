// How the tests of the console are run: tests/browser/main.rs starts the servers, and this.
import { defineConfig } from '@playwright/test';
import { target } from './suite/where.js';

export default defineConfig({
  testDir: `suite/${process.env.GUESTLIST_SUITE}`,
  outputDir: target(`browser/${process.env.GUESTLIST_SUITE}`),
  workers: 2,
  fullyParallel: true,
  forbidOnly: true,
  // A test that has to be run twice is wrong, or what it tests is.
  retries: 0,
  maxFailures: 20,
  // Long beyond all that is waited for: what hangs fails instead of stopping everything.
  timeout: 40_000,
  expect: { timeout: 10_000 },
  globalTimeout: 600_000,
  reporter: [['list']],
  use: {
    launchOptions: {
      executablePath: process.env.GUESTLIST_CHROMIUM,
      // Chromium's sandbox does not work for root, which is who tests in containers.
      args: process.getuid() === 0 ? ['--no-sandbox'] : [],
    },
    viewport: { width: 1280, height: 900 },
    locale: 'en-US',
    timezoneId: 'UTC',
    colorScheme: 'light',
    trace: { mode: 'retain-on-failure', screenshots: false },
  },
});
