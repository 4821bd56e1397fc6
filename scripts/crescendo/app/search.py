"""A box to look for subjects: what is typed is looked for as `crescendo find` does, accents ignored, typos forgiven."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from crescendo.app import state
from crescendo.app.look import ACCENT, HAIRLINE, INK, MUTED
from crescendo.app.pictures import short
from crescendo.app.source import Opened
from crescendo.ask import names
from crescendo.ask.texts import _

MOST_FOUND = 8
HTML = """<div class="find"><input type="text" role="combobox" aria-expanded="false" aria-autocomplete="list"
 autocomplete="off" spellcheck="false"><ul role="listbox" hidden></ul></div>"""
CSS = f"""
.find {{ position: relative; font: 15px var(--st-font, sans-serif); color: {INK}; }}
input {{ width: 100%; box-sizing: border-box; padding: 9px 12px; font: inherit; color: inherit; background: #fff;
  border: 1px solid {MUTED}; border-radius: 6px; }}
input:focus {{ outline: 2px solid {ACCENT}; border-color: {ACCENT}; }}
ul {{ list-style: none; margin: 4px 0 0; padding: 0; border: 1px solid {HAIRLINE}; border-radius: 6px;
  background: #fff; }}
li {{ padding: 7px 12px; cursor: pointer; overflow-wrap: anywhere; }}
li small {{ color: {MUTED}; }}
li[aria-selected=true], li:hover {{ background: #E8F0F9; }}
li.none {{ color: {MUTED}; cursor: default; }}
"""
JS = """
export default function (component) {
  const { data, parentElement, setStateValue, setTriggerValue } = component;
  const input = parentElement.querySelector("input"), list = parentElement.querySelector("ul");
  const at = parentElement.crescendo ?? (parentElement.crescendo = { place: 0 });
  const close = () => { list.hidden = true; input.setAttribute("aria-expanded", "false"); };
  const pick = (one) => { input.value = ""; close(); setTriggerValue("picked", one.id); };
  const paint = () => [...list.children].forEach((item, n) =>
    item.setAttribute("aria-selected", n === at.place ? "true" : "false"));
  input.placeholder = data.hint;
  input.setAttribute("aria-label", data.hint);
  at.found = data.found;
  if (data.text !== "" && data.text === input.value) {
    at.place = 0;
    list.replaceChildren(...(data.found.length ? data.found : [null]).map((one) => {
      const item = document.createElement("li"), kind = document.createElement("small");
      item.setAttribute("role", "option");
      if (!one) { item.className = "none"; item.textContent = data.nothing; return item; }
      kind.textContent = "  " + one.kind;
      item.append(one.name, kind);
      item.onmousedown = (event) => { event.preventDefault(); pick(one); };
      return item;
    }));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    paint();
  }
  input.oninput = () => {
    clearTimeout(at.wait);
    if (input.value.trim() === "") { close(); return; }
    at.wait = setTimeout(() => setStateValue("text", input.value), 120);
  };
  input.onkeydown = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && at.found.length) {
      at.place = (at.place + step + at.found.length) % at.found.length; paint(); event.preventDefault();
    } else if (event.key === "Enter" && !list.hidden && at.found.length) { pick(at.found[at.place]); }
    else if (event.key === "Escape") { close(); }
  };
  input.onblur = close;
}
"""


def box() -> Callable[..., Any]:
    """The component, made once for a server."""
    return st.components.v2.component("crescendo_find", html=HTML, css=CSS, js=JS)


@st.fragment
def search(opened: Opened) -> None:
    """The box and what it finds. What is picked joins the subjects of the address."""
    state.speak()  # a fragment that runs alone has a thread of its own
    text = str(st.session_state.get("find", {}).get("text") or "")
    found = _found(opened, text) if text.strip() else []
    nothing = _("nothing is called {text}", text=short(text, 40))
    data = {
        "text": text,
        "found": found,
        "hint": _("Find a song, an artist, a film, a channel ..."),
        "nothing": nothing,
    }
    picked = box()(
        key="find", data=data, default={"text": ""}, on_text_change=lambda: None, on_picked_change=lambda: None
    ).picked
    if picked:
        kept = [one for one in state.said_all("subject") if one != picked]
        state.put("subject", [*kept, picked][-state.MOST_SUBJECTS :])
        state.put("metric", "")
        st.rerun(scope="app")


def _found(opened: Opened, text: str) -> list[dict[str, str]]:
    def make(connection: Any) -> list[dict[str, str]]:
        listed = [one for one in names.find(connection, text, "", 4 * MOST_FOUND) if one.subject_type not in OWN_TYPES]
        groups = names.groups(connection, [one.subject_id for one in listed[:MOST_FOUND]])
        return [
            {
                "id": one.subject_id,
                "name": short(one.name, 80),
                "kind": _kind(one.subject_type, groups.get(one.subject_id, "")),
            }
            for one in listed[:MOST_FOUND]
        ]

    return opened.kept(("find", text.strip()), make)


# of what we measure of ourselves
OWN_TYPES = {"column", "endpoint", "table", "service", "run", "phase", "source", "warehouse"}


def _kind(kind: str, groups: str) -> str:
    return f"{_(kind)}{' · ' + short(groups, 40) if groups else ''}"
