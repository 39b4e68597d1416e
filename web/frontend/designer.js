// Diagrams of a procedure: faults are marked, and a step named in a table is found on its diagram.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';

const LEGIBLE = 0.7;
const viewers = new Map();

const carried = (name) => {
  const field = document.querySelector(`input[name="${CSS.escape(name)}"]`);
  const bytes = Uint8Array.from(atob(field.value), (letter) => letter.charCodeAt(0));
  return new TextDecoder().decode(bytes);
};

const source = async (place) => {
  if (place.dataset.carried) return carried(place.dataset.carried);
  const response = await fetch(place.dataset.url);
  if (!response.ok) throw new Error(`${place.dataset.url}: ${response.status}`);
  return response.text();
};

const show = async (figure) => {
  const place = figure.querySelector('[data-drawn]');
  const viewer = new NavigatedViewer({ container: place });
  try {
    await viewer.importXML(await source(place));
  } catch {
    place.hidden = true;
    figure.querySelector('[data-diagram-lost]').hidden = false;
    return;
  }
  const canvas = viewer.get('canvas');
  const known = viewer.get('elementRegistry');
  for (const [id, mark] of Object.entries(JSON.parse(place.dataset.marks))) {
    if (known.get(id)) canvas.addMarker(id, `mark-${mark}`);
  }
  look(canvas, known);
  viewers.set(figure.dataset.drawing, viewer);
  place.dataset.ready = '';
  addTools(figure, canvas, viewer.get('zoomScroll'));
};

// The whole diagram where it can be read, else the first fault or the beginning.
const look = (canvas, known) => {
  canvas.zoom('fit-viewport', 'auto');
  if (canvas.zoom() >= LEGIBLE) return;
  canvas.zoom(LEGIBLE);
  const first =
    known.find(({ id }) => canvas.hasMarker(id, 'mark-fault') || canvas.hasMarker(id, 'mark-changed')) ??
    known.find(({ type }) => type === 'bpmn:StartEvent');
  if (first) canvas.scrollToElement(first, 120);
};

const addTools = (figure, canvas, zoomScroll) => {
  const tools = figure.querySelector('[data-diagram-tools]');
  tools.hidden = false;
  tools.addEventListener('click', ({ target }) => {
    const { zoom } = target.dataset;
    if (zoom === 'fit') canvas.zoom('fit-viewport', 'auto');
    else if (zoom) zoomScroll.stepZoom(zoom === 'in' ? 1 : -1);
  });
};

let found = null;

const find = (viewer, id) => {
  const element = viewer.get('elementRegistry').get(id);
  const canvas = viewer.get('canvas');
  if (!element) return;
  if (found) found.canvas.removeMarker(found.id, 'mark-found');
  found = { canvas, id };
  canvas.addMarker(id, 'mark-found');
  if (canvas.zoom() < LEGIBLE) canvas.zoom(LEGIBLE);
  canvas.scrollToElement(element, 120);
};

document.addEventListener('click', ({ target }) => {
  const link = target.closest?.('[data-element]');
  const viewer = link && viewers.get(link.dataset.in);
  if (viewer) find(viewer, link.dataset.element);
});

for (const figure of document.querySelectorAll('[data-drawing]')) show(figure);
