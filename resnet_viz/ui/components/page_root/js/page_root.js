// Sets what holds for the whole page on its root element.

export default function ({ data }) {
  if (!data) return;
  const { documentElement: page } = document;
  page.lang = data.language;
  if (page.hasAttribute("data-projector") === data.projector) return;
  page.toggleAttribute("data-projector", data.projector);
  document.dispatchEvent(new CustomEvent("resnet-viz:scaled"));
}
