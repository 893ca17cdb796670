import { render } from "preact";
import { App } from "./app";
import { Context, Lab } from "./lab";
import { Compare } from "./panels/compare";
import type { Model } from "./types";

function show({ model, el }: { model: Model; el: HTMLElement }): () => void {
  const sides: string[] = model.get("sides") ?? [];
  const labs = sides.length ? sides.map((_, at) => new Lab(side(model, at), ["graph", "console"])) : [new Lab(model, model.get("parts"))];
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
  const pair = sides.length ? new Lab(model, [], false) : null;
  render(pair ? <Compare pair={pair} labs={labs} /> : <Context.Provider value={labs[0]!}><App /></Context.Provider>, root);
  (root as any).__lab = labs[0];
  return () => {
    render(null, root);
    for (const lab of [...labs, pair]) lab?.close();
  };
}

/** One of several clusters that share a widget. */
function side(model: Model, number: number): Model {
  const heard = new Map<unknown, (message: any) => void>();
  return {
    get: (name) => model.get(name),
    send: (content) => model.send({ side: number, content }),
    on: (name, callback) => {
      const own = (message: any) => message.side === number && callback(message.content);
      heard.set(callback, own);
      model.on(name, own);
    },
    off: (name, callback) => model.off(name, heard.get(callback)!),
  };
}

export default { render: show };
