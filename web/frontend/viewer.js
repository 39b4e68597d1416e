// The case on its diagram: read only, with the marks of what is done and where it stands.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';

const place = document.getElementById('diagram');

const show = async () => {
  const viewer = new NavigatedViewer({ container: place });
  const response = await fetch(place.dataset.url);
  if (!response.ok) throw new Error(`${place.dataset.url}: ${response.status}`);
  await viewer.importXML(await response.text());
  const canvas = viewer.get('canvas');
  const known = viewer.get('elementRegistry');
  for (const [element, mark] of Object.entries(JSON.parse(place.dataset.marks))) {
    if (known.get(element)) canvas.addMarker(element, `mark-${mark}`);
  }
  canvas.zoom('fit-viewport', 'auto');
  place.dataset.ready = '';
  addTools(canvas, viewer.get('zoomScroll'));
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
