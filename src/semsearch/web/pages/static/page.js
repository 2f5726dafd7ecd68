// Comfort on top of pages that work without it: suggestions, keys, copying, saved searches.
"use strict";
(() => {
  const root = document.documentElement;
  const box = document.getElementById("q");
  const find = (selector, from = document) => from.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const on = (target, type, act) => target && target.addEventListener(type, act);
  root.classList.add("on-js");

  // The browser may forbid storage; the page then does without.
  const store = {
    get(key, otherwise) {
      try { return JSON.parse(localStorage.getItem(key)) ?? otherwise; } catch { return otherwise; }
    },
    set(key, value) {
      try { localStorage.setItem(key, JSON.stringify(value)); return true; } catch { return false; }
    },
  };

  const notice = find(".waiting");
  let timer = 0;
  const say = (text, lasting_ms) => {
    notice.textContent = text;
    root.classList.toggle("is-waiting", Boolean(text));
    clearTimeout(timer);
    if (text && lasting_ms) timer = setTimeout(() => say(""), lasting_ms);
  };

  // Whatever takes longer than 200 ms says so; a page that comes back from the cache is done.
  const leaving = () => {
    clearTimeout(timer);
    timer = setTimeout(() => say("Searching…"), 200);
  };
  all("form").forEach((form) => on(form, "submit", leaving));
  on(document, "click", (event) => {
    const link = event.target.closest("a[href]");
    const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!link || !plain || link.target || link.hasAttribute("download")) return;
    const to = new URL(link.href);
    if (to.origin === location.origin && to.pathname + to.search !== location.pathname + location.search) leaving();
  });
  on(window, "pageshow", () => say(""));

  // Single keys can be switched off, for people who speak to their computer.
  const shortcuts = find(".shortcuts");
  const usesKeys = () => store.get("semsearch-keys", true);
  const showKeys = () => shortcuts.setAttribute("aria-pressed", String(usesKeys()));
  showKeys();
  on(shortcuts, "click", () => { store.set("semsearch-keys", !usesKeys()); showKeys(); });

  const titles = all(".hit h2 a");
  const step = (by) => {
    const place = titles.findIndex((title) => title.closest(".hit").contains(document.activeElement));
    const next = titles[place < 0 ? (by > 0 ? 0 : titles.length - 1) : place + by];
    if (!next) return;
    next.focus({ preventScroll: true });
    next.closest(".hit").scrollIntoView({ block: "nearest" });
  };
  on(document, "keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const typing = event.target.closest("input, textarea, select, button, summary, [tabindex='0']");
    if (event.key === "/" && !typing && usesKeys() && box) {
      event.preventDefault();
      box.focus();
      box.select();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !typing && titles.length && usesKeys()) {
      event.preventDefault();
      step(event.key === "ArrowDown" ? 1 : -1);
    }
  });

  // Suggestions: the combobox pattern of the ARIA Authoring Practices, list autocomplete.
  const combobox = () => {
    const list = document.createElement("ul");
    Object.assign(list, { id: "options", className: "options", hidden: true });
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Suggestions");
    box.after(list);
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", "options"]]) box.setAttribute(name, value);
    let chosen = -1;
    let asked = 0;
    let pause = 0;
    let typed = box.value;
    const close = () => {
      asked += 1;
      clearTimeout(pause);
      list.hidden = true;
      chosen = -1;
      box.setAttribute("aria-expanded", "false");
      box.removeAttribute("aria-activedescendant");
    };
    const choose = (place) => {
      const options = [...list.children];
      chosen = (place + 1 + options.length + 1) % (options.length + 1) - 1;
      options.forEach((option, i) => option.setAttribute("aria-selected", String(i === chosen)));
      if (chosen < 0) {
        box.value = typed;
        box.removeAttribute("aria-activedescendant");
      } else {
        box.value = options[chosen].dataset.text;
        box.setAttribute("aria-activedescendant", options[chosen].id);
      }
    };
    const show = (texts, kinds) => {
      list.replaceChildren(...texts.map((text, i) => {
        const option = document.createElement("li");
        option.id = `option-${i}`;
        option.dataset.text = text;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        const words = document.createElement("span");
        words.textContent = text;
        words.dir = "auto";
        const kind = document.createElement("span");
        kind.textContent = kinds[i] || "";
        kind.className = "kind";
        option.append(words, kind);
        return option;
      }));
      chosen = -1;
      list.hidden = texts.length === 0;
      box.setAttribute("aria-expanded", String(texts.length > 0));
    };
    const ask = async () => {
      const turn = ++asked;
      try {
        const answer = await fetch(`${box.dataset.suggest}?q=${encodeURIComponent(typed)}`);
        if (!answer.ok) return;
        const [, texts, kinds] = await answer.json();
        if (turn === asked && document.activeElement === box) show(texts, kinds);
      } catch { /* No suggestions then: the search itself does not need them. */ }
    };
    on(box, "input", () => {
      typed = box.value;
      clearTimeout(pause);
      if (typed.trim().length < 2) close(); else pause = setTimeout(ask, 120);
    });
    on(box, "keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        box.value = typed;
        close();
      } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (!list.hidden) choose(chosen + (event.key === "ArrowDown" ? 1 : -1));
        else if (event.key === "ArrowDown") step(1);
      }
    });
    on(box, "blur", close);
    on(box.form, "submit", close);
    on(list, "mousedown", (event) => {
      const option = event.target.closest("li");
      if (!option) return;
      event.preventDefault();
      box.value = option.dataset.text;
      close();
      box.form.requestSubmit();
    });
  };
  if (box) combobox();

  // Copying. A text fragment makes browsers scroll to the words even when offsets have moved.
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      say("Copied.", 1500);
    } catch {
      prompt("Copy this:", text);
    }
  };
  const encoded = (text) => encodeURIComponent(text).replace(/-/g, "%2D");
  const fragment = (text) => {
    const words = text.trim().split(/\s+/);
    if (words.length <= 10) return encoded(words.join(" "));
    return `${encoded(words.slice(0, 5).join(" "))},${encoded(words.slice(-5).join(" "))}`;
  };
  const linkTo = (sentence) => {
    const address = new URL(find(".text").dataset.link, location.href);
    return `${address.href}#${sentence.id}:~:text=${fragment(sentence.textContent)}`;
  };
  const sentenceAtHand = () => {
    const selection = getSelection();
    const start = selection && !selection.isCollapsed && selection.getRangeAt(0).startContainer;
    const element = start && (start.nodeType === Node.TEXT_NODE ? start.parentElement : start);
    return (element && element.closest(".s")) || find(".s:target") || find(".s .answer")?.closest(".s") || find(".s .in")?.closest(".s") || find(".s");
  };
  // Pressing a button would clear the selection that says which sentence is meant.
  on(find(".copy-sentence"), "mousedown", (event) => event.preventDefault());
  on(find(".copy-sentence"), "click", () => { const at = sentenceAtHand(); if (at) copy(linkTo(at)); });
  on(find(".anchors"), "click", (event) => {
    const shown = root.classList.toggle("with-anchors");
    event.currentTarget.setAttribute("aria-pressed", String(shown));
  });
  all(".anchor").forEach((anchor) => on(anchor, "click", () => copy(linkTo(anchor.previousElementSibling))));
  all("button.copy").forEach((button) => on(button, "click", () => copy(find("pre", button.closest(".cite")).textContent)));

  // A state that passes by itself: look again, show how far it is, open when it is over.
  const waiting = find("main[data-retry]");
  if (waiting) setInterval(async () => {
    try {
      const answer = await fetch(location.href);
      if (answer.status !== 503) { location.reload(); return; }
      const fresh = find("main", new DOMParser().parseFromString(await answer.text(), "text/html"));
      const [old, now] = [find(".progress", waiting), find(".progress", fresh)];
      if (old && now) old.replaceWith(now);
      else if (find("h1", fresh).textContent !== find("h1", waiting).textContent) waiting.replaceChildren(...fresh.childNodes);
    } catch { /* The server is away for a moment: ask again at the next turn. */ }
  }, waiting.dataset.retry * 1000);

  // Saved searches stay in this browser.
  const saved = () => store.get("semsearch-saved", []);
  const save = find("button.save");
  const showSaved = () => {
    const known = saved().some((one) => one.url === save.dataset.url);
    save.textContent = known ? "Saved: forget this search" : "Save this search";
  };
  if (save) {
    showSaved();
    on(save, "click", () => {
      const { url, label } = save.dataset;
      const others = saved().filter((one) => one.url !== url);
      const list = others.length < saved().length ? others : [{ url, label }, ...others].slice(0, 100);
      if (!store.set("semsearch-saved", list)) say("This browser does not let pages keep anything.", 3000);
      showSaved();
    });
  }
  const shelf = find(".saved");
  const fillShelf = () => {
    const list = saved();
    shelf.hidden = list.length === 0;
    find("ul", shelf).replaceChildren(...list.map((one) => {
      const place = document.createElement("li");
      const link = document.createElement("a");
      const address = new URL(one.url, location.origin);
      // Storage is the user's own, but a link must lead nowhere but here all the same.
      link.href = address.origin === location.origin ? address.href : "/";
      link.textContent = one.label;
      link.dir = "auto";
      const forget = document.createElement("button");
      forget.type = "button";
      forget.textContent = "Forget";
      forget.setAttribute("aria-label", `Forget ${one.label}`);
      on(forget, "click", () => { store.set("semsearch-saved", saved().filter((other) => other.url !== one.url)); fillShelf(); });
      place.append(link, forget);
      return place;
    }));
  };
  if (shelf) fillShelf();
})();
