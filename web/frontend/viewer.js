// The case on its diagram: read only, with the marks of what is done and where it stands.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';

const LEGIBLE = 0.7;
const place = document.getElementById('diagram');

const show = async () => {
  const viewer = new NavigatedViewer({ container: place });
  const response = await fetch(place.dataset.url);
  if (!response.ok) throw new Error(`${place.dataset.url}: ${response.status}`);
  await viewer.importXML(await response.text());
  const canvas = viewer.get('canvas');
  const known = viewer.get('elementRegistry');
  const here = [];
  for (const [id, mark] of Object.entries(JSON.parse(place.dataset.marks))) {
    const element = known.get(id);
    const within = mark === 'active' && element?.children?.length > 0;
    if (element) canvas.addMarker(id, within ? 'mark-within' : `mark-${mark}`);
    if (element && mark === 'active' && !within) here.push(element);
  }
  look(canvas, here);
  place.dataset.ready = '';
  addTools(canvas, viewer.get('zoomScroll'));
};

// The whole diagram where it can be read, else the place where the case stands.
const look = (canvas, here) => {
  canvas.zoom('fit-viewport', 'auto');
  if (canvas.zoom() >= LEGIBLE || !here.length) return;
  canvas.zoom(LEGIBLE);
  const { x, y, width, height } = here[0];
  const view = canvas.viewbox();
  canvas.viewbox({
    x: x + width / 2 - view.width / 2,
    y: y + height / 2 - view.height / 2,
    width: view.width,
    height: view.height,
  });
};

const addTools = (canvas, zoomScroll) => {
  const tools = document.querySelector('[data-diagram-tools]');
  tools.hidden = false;
  tools.addEventListener('click', ({ target }) => {
    const { zoom } = target.dataset;
    if (zoom === 'fit') canvas.zoom('fit-viewport', 'auto');
    else if (zoom) zoomScroll.stepZoom(zoom === 'in' ? 1 : -1);
  });
};

if (place) show();
