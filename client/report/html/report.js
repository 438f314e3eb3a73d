'use strict';
// Filters, opens and closes. Everything can be read without it.
{
  const form = document.getElementById('filter');
  const checks = [...document.querySelectorAll('details.check')];
  const texts = new Map();
  const text_of = (check) => {
    if (!texts.has(check)) texts.set(check, check.textContent.toLowerCase());
    return texts.get(check);
  };

  const apply = () => {
    const words = form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const axis = form.elements.axis.value;
    const kinds = [...form.querySelectorAll('[name=verdict]:checked')].map((box) => box.value);
    let shown = 0;
    for (const check of checks) {
      const { verdict, axis: own } = check.dataset;
      const hit = (!kinds.length || kinds.includes(verdict)) && (!axis || own === axis || own === 'both' || own === 'self') &&
        words.every((word) => text_of(check).includes(word));
      check.hidden = !hit;
      shown += hit ? 1 : 0;
    }
    for (const group of document.querySelectorAll('.group')) {
      group.hidden = !group.querySelector('details.check:not([hidden])');
    }
    document.getElementById('none').hidden = shown > 0;
    form.elements.shown.value = shown === checks.length ? `${shown} check${shown === 1 ? '' : 's'}` : `${shown} of ${checks.length} checks`;
  };

  const open_all = (open) => {
    for (const check of checks) if (!check.hidden) check.open = open;
  };

  // A link to a check or a TLS session opens whatever hides it.
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let at = target; at; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true;
    if (target) target.scrollIntoView();
  };

  form.hidden = false;
  form.addEventListener('input', apply);
  form.addEventListener('submit', (event) => event.preventDefault());
  for (const button of form.querySelectorAll('button')) {
    button.addEventListener('click', () => open_all(button.dataset.open === 'yes'));
  }
  addEventListener('hashchange', reveal);
  addEventListener('keydown', (event) => {
    if (event.key === '/' && !event.target.matches('[type=search], select')) {
      event.preventDefault();
      form.elements.text.focus();
    }
    if (event.key === 'Escape' && event.target === form.elements.text) {
      form.elements.text.value = '';
      apply();
    }
  });

  let closed = [];
  addEventListener('beforeprint', () => {
    closed = checks.filter((check) => !check.open && !check.matches('.pass, .skip-kind'));
    for (const check of closed) check.open = true;
  });
  addEventListener('afterprint', () => {
    for (const check of closed) check.open = false;
  });

  apply();
  if (location.hash) reveal();
}
