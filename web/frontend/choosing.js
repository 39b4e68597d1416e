// Rows of a list to be chosen: all of the page at once, and how many are chosen.
for (const form of document.querySelectorAll('[data-choosing]')) {
  const boxes = [...form.querySelectorAll('tbody input[type=checkbox]')];
  const all = form.querySelector('[data-all]');
  const told = form.querySelector('[data-chosen]');
  const tell = () => {
    const count = boxes.filter((box) => box.checked).length;
    told.textContent = count ? ` (${count})` : '';
    all.firstElementChild.checked = count === boxes.length;
    all.firstElementChild.indeterminate = count > 0 && count < boxes.length;
  };
  all.hidden = false;
  all.addEventListener('change', ({ target }) => {
    for (const box of boxes) box.checked = target.checked;
    tell();
  });
  for (const box of boxes) box.addEventListener('change', tell);
  tell();
}
