import { render } from "preact";
import { App } from "./app";
import { Context, Lab } from "./lab";
import type { Model } from "./types";

function show({ model, el }: { model: Model; el: HTMLElement }): () => void {
  const lab = new Lab(model, model.get("parts"));
  const root = document.createElement("div");
  root.className = "sanb";
  const height = model.get("height");
  if (height) root.style.setProperty("--height", `${height}px`);
  // keys and clicks are the Lab's: the notebook must not take them for its own
  for (const name of ["keydown", "keyup", "keypress", "dblclick", "contextmenu"]) {
    root.addEventListener(name, (event) => event.stopPropagation());
  }
  root.setAttribute("data-lm-suppress-shortcuts", "true");
  root.setAttribute("data-jp-suppress-context-menu", "true");
  el.append(root);
  render(
    <Context.Provider value={lab}>
      <App />
    </Context.Provider>,
    root,
  );
  (root as any).__lab = lab;
  return () => {
    render(null, root);
    lab.close();
  };
}

export default { render: show };
