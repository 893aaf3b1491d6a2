// What the console's pages do beside being forms: they say at once what the server says of a draft, and change in place.
// Markup comes from the server alone; what is typed is never made into markup here.
'use strict';

(() => {
  document.documentElement.classList.add('has-script');

  const AFTER_TYPING = 250;
  const LOST = 'The server does not answer. What you have typed is still here; if you were saving, look at the history before you do so again.';
  const states = new WeakMap();

  const stateOf = (form) => {
    if (!states.has(form)) states.set(form, { asked: 0, timer: 0, touched: false });
    return states.get(form);
  };
  const editorOf = (target) => target.closest && target.closest('form[data-editor]');
  const isDraft = (form) => form.hasAttribute('data-changed') || stateOf(form).touched;

  const say = (form, text, kind) => {
    const status = form.querySelector('.status');
    const message = document.createElement('p');
    message.className = 'message ' + kind;
    message.textContent = text;
    status.replaceChildren(message);
  };

  // Sends what is in a form. Answers with the new form, or with nothing where that was said to the reader or is out of date.
  const send = async (form, fields) => {
    const state = stateOf(form);
    const turn = ++state.asked;
    clearTimeout(state.timer);
    try {
      // A form's own `action` is hidden by buttons of that name.
      const answer = await fetch(form.getAttribute('action'), {
        method: 'POST', body: fields, credentials: 'same-origin', redirect: 'error',
        headers: { 'X-Guestlist-Fragment': '1' },
      });
      const text = await answer.text();
      if (turn !== state.asked) return null;
      if (!(answer.headers.get('Content-Type') || '').startsWith('text/html')) {
        say(form, text, 'error');
        return null;
      }
      return new DOMParser().parseFromString(text, 'text/html').querySelector('form[data-editor]');
    } catch {
      if (turn === state.asked) say(form, LOST, 'error');
      return null;
    }
  };

  const fieldsOf = (form, action) => {
    const fields = new URLSearchParams(new FormData(form));
    fields.set('action', action);
    return fields;
  };

  const markChanged = (form, answer) => {
    stateOf(form).touched = false;
    form.toggleAttribute('data-changed', answer.hasAttribute('data-changed'));
  };

  // What is open stays so.
  const keepOpen = (before, after) => {
    for (const details of before.querySelectorAll('details[id][open]')) {
      const same = after.querySelector('#' + CSS.escape(details.id));
      if (same) same.open = true;
    }
  };

  // Says of a draft what the server says of it, beside the fields and never in them.
  const check = async (form) => {
    const answer = await send(form, fieldsOf(form, 'check'));
    if (!answer) return;
    markChanged(form, answer);
    form.querySelector('.status').replaceChildren();
    for (const here of form.querySelectorAll('[data-live]')) {
      const part = answer.querySelector('#' + CSS.escape(here.id)) || document.createElement('div');
      keepOpen(here, part);
      if (here.innerHTML !== part.innerHTML) here.replaceChildren(...part.childNodes);
    }
    for (const field of answer.querySelectorAll('[name=pattern], [name=lines]')) {
      const here = form.querySelector('#' + CSS.escape(field.id));
      if (!here) continue;
      if (field.hasAttribute('aria-invalid')) here.setAttribute('aria-invalid', 'true');
      else here.removeAttribute('aria-invalid');
    }
  };

  // Presses a button: the form is then as the server answers it.
  const press = async (form, fields) => {
    const focused = document.activeElement;
    form.setAttribute('aria-busy', 'true');
    form.inert = true;
    const answer = await send(form, fields);
    form.inert = false;
    form.removeAttribute('aria-busy');
    if (!answer) {
      if (focused && form.contains(focused)) focused.focus();
      return;
    }
    markChanged(form, answer);
    keepOpen(form, answer);
    // The part that is read aloud stays, and has something new in it.
    const status = form.querySelector('.status');
    const news = answer.querySelector('.status');
    const said = [...news.childNodes];
    const here = answer.querySelector('[autofocus]');
    if (here) here.removeAttribute('autofocus');
    news.replaceWith(status);
    form.replaceChildren(...answer.childNodes);
    status.replaceChildren(...said);
    // After a save: whom it lets in now of those that were denied.
    const below = answer.ownerDocument.querySelector('.activity');
    const old = below && document.getElementById(below.id);
    if (old) {
      keepOpen(old, below);
      old.replaceWith(below);
    }
    const next = here || again(form, focused);
    if (next) next.focus();
    if (next && next.name === 'pattern') next.setSelectionRange(next.value.length, next.value.length);
  };

  // What had the focus, in the new form.
  const again = (form, before) => {
    if (!before || before === document.body) return null;
    if (before.id && form.querySelector('#' + CSS.escape(before.id))) return form.querySelector('#' + CSS.escape(before.id));
    const same = [...form.querySelectorAll('button:not(.default)')].find((button) => button.value === before.value && !button.disabled);
    return same || form.querySelector('h2');
  };

  document.addEventListener('input', (event) => {
    const form = editorOf(event.target);
    if (!form) return;
    const state = stateOf(form);
    if (event.target.name !== 'why') state.touched = true;
    // What is on its way is out of date.
    state.asked++;
    clearTimeout(state.timer);
    state.timer = setTimeout(() => check(form), AFTER_TYPING);
  });

  document.addEventListener('submit', (event) => {
    const form = editorOf(event.target);
    const button = event.submitter;
    if (!form) return;
    event.preventDefault();
    const isEnter = !button || button.classList.contains('default');
    const field = document.activeElement;
    const goesOn = isEnter && field && field.name === 'pattern' && field.value.trim() !== '';
    press(form, fieldsOf(form, isEnter ? (goesOn ? 'add' : 'check') : button.value));
  });

  // Several lines are several patterns.
  document.addEventListener('paste', (event) => {
    const field = event.target;
    const form = editorOf(field);
    if (!form || field.name !== 'pattern') return;
    const lines = event.clipboardData.getData('text/plain').split(/[\r\n]+/).map((line) => line.trim()).filter(Boolean);
    if (lines.length < 2) return;
    event.preventDefault();
    field.setRangeText(lines[0], field.selectionStart, field.selectionEnd, 'end');
    const fields = fieldsOf(form, 'check');
    for (const line of lines.slice(1)) fields.append('pattern', line);
    press(form, fields);
  });

  document.addEventListener('click', (event) => {
    const button = event.target.closest && event.target.closest('[data-goto]');
    if (!button) return;
    const field = document.getElementById(button.dataset.goto);
    field.focus();
    field.setSelectionRange(Number(button.dataset.start), Number(button.dataset.end));
  });

  window.addEventListener('beforeunload', (event) => {
    if ([...document.querySelectorAll('form[data-editor]')].some(isDraft)) event.preventDefault();
  });
})();
