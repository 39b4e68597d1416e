// What makes pages better where scripts run: drafts, uploads at once, fields that come and go.
import htmx from 'htmx.org';

// A refused form: the reader is taken to the summary.
document.getElementById('error-summary')?.focus();

// The server judges which fields the answers hide; after each draft it says which.
document.body.addEventListener('fields', ({ detail }) => {
  const hidden = new Set(detail.hidden);
  for (const field of document.querySelectorAll('[data-field]')) {
    field.hidden = hidden.has(field.dataset.field);
  }
});

// Upload progress stands beside the file input.
document.body.addEventListener('htmx:xhr:progress', ({ target, detail }) => {
  const bar = target.closest('.files')?.querySelector('progress');
  if (bar && detail.lengthComputable) {
    bar.hidden = false;
    bar.value = (100 * detail.loaded) / detail.total;
  }
});

// After a row was added, removed or a file stored: the place of the change has the focus.
document.body.addEventListener('htmx:afterSettle', ({ target }) => {
  target.querySelector?.('[autofocus]')?.focus();
});

for (const select of document.querySelectorAll('[data-submit]')) {
  select.addEventListener('change', () => select.form.requestSubmit());
}

for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => {
    const paper = document.getElementById(button.dataset.print);
    paper.contentWindow.focus();
    paper.contentWindow.print();
  });
}

// The person's menu closes like a menu.
const person = document.querySelector('details.person');
document.addEventListener('click', ({ target }) => {
  if (person?.open && !person.contains(target)) person.open = false;
});
document.addEventListener('keydown', ({ key }) => {
  if (key === 'Escape' && person?.open) {
    person.open = false;
    person.querySelector('summary').focus();
  }
});

window.htmx = htmx;
