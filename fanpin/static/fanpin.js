// What makes a page handier; every page works without it.
(() => {
  "use strict";
  const all = (selector) => document.querySelectorAll(selector);
  let typed = false;

  // A form that changes something is sent once; the button says so.
  const send = (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    typed = false;
    // After the browser has read the form: a disabled button would not be sent with it.
    setTimeout(() => {
      for (const button of form.querySelectorAll("button[type=submit]")) button.disabled = true;
      const used = event.submitter;
      if (used && used.classList.contains("btn-primary")) {
        used.dataset.words = used.textContent;
        used.textContent = "正在提交…";
      }
    }, 0);
    // A download leaves the page where it is; the one-time key of the form guards against a second sending.
    setTimeout(allowAgain, 15000);
  };

  const allowAgain = () => {
    for (const form of all("form[data-sent]")) {
      delete form.dataset.sent;
      for (const button of form.querySelectorAll("button[type=submit]")) {
        button.disabled = false;
        if (button.dataset.words) button.textContent = button.dataset.words;
      }
    }
  };

  const warnOfLoss = (event) => {
    if (typed) event.preventDefault();
  };

  // On a phone the menu starts folded; on a wide screen it is always open.
  const foldMenu = () => {
    const narrow = matchMedia("(max-width: 47.99rem)");
    const fit = () => {
      for (const menu of all("[data-fold]")) menu.open = !narrow.matches;
    };
    narrow.addEventListener("change", fit);
    fit();
  };

  const closeMenus = (event) => {
    for (const menu of all("[data-menu][open]")) {
      if (event.key === "Escape" || (event.type === "click" && !menu.contains(event.target))) menu.open = false;
    }
  };

  document.addEventListener("submit", send);
  document.addEventListener("keydown", closeMenus);
  document.addEventListener("click", closeMenus);
  document.addEventListener("input", (event) => {
    if (event.target.closest("form[data-keep]")) typed = true;
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) allowAgain();
  });
  addEventListener("beforeunload", warnOfLoss);
  for (const button of all("[data-print]")) button.addEventListener("click", () => print());
  foldMenu();
  const summary = document.querySelector(".error-summary");
  if (summary) {
    typed = Boolean(summary.closest("form[data-keep]"));
    summary.focus();
  }
})();
