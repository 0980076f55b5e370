// What a page must hold at every width; a list of faults in words.
() => {
  const faults = [];
  const seen = (element) => element.getClientRects().length > 0;
  const name = (element) => `${element.tagName.toLowerCase()}#${element.id}.${element.className}`;
  if (document.documentElement.scrollWidth > document.documentElement.clientWidth) {
    const wide = [...document.querySelectorAll("body *")].filter(
      (element) => element.getBoundingClientRect().right > document.documentElement.clientWidth + 1
        && !element.closest(".hs-scroll, .hs-nav, .hs-jump, .hs-skip, .hs-tabs"));
    faults.push(`wider than the window: ${wide.slice(0, 3).map(name)}`);
  }
  if (document.querySelectorAll("h1").length !== 1) faults.push("not one h1");
  if (!document.querySelector("main")) faults.push("no main");
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  const twice = ids.filter((id, place) => ids.indexOf(id) !== place);
  if (twice.length) faults.push(`ids given twice: ${[...new Set(twice)]}`);
  for (const control of document.querySelectorAll("input:not([type=hidden]), textarea, select")) {
    if (seen(control) && !control.labels?.length && !control.getAttribute("aria-label")) faults.push(`no label: ${name(control)}`);
  }
  for (const element of document.querySelectorAll("[aria-describedby], [aria-labelledby]")) {
    for (const attribute of ["aria-describedby", "aria-labelledby"]) {
      for (const id of (element.getAttribute(attribute) || "").split(/\s+/).filter(Boolean)) {
        if (!document.getElementById(id)) faults.push(`${attribute} leads nowhere: ${id}`);
      }
    }
  }
  for (const link of document.querySelectorAll("a[href^='#']")) {
    if (!document.getElementById(decodeURIComponent(link.hash.slice(1)))) faults.push(`link leads nowhere: ${link.hash}`);
  }
  for (const image of document.querySelectorAll("img")) if (!image.hasAttribute("alt")) faults.push("image without alt");
  for (const control of document.querySelectorAll("button, .hs-button")) {
    if (seen(control) && !control.textContent.trim()) faults.push(`button without words: ${name(control)}`);
  }
  for (const box of document.querySelectorAll(".hs-button, .hs-input, .hs-select")) {
    if (seen(box) && !box.closest(".hs-default") && box.getBoundingClientRect().height < 35) faults.push(`hard to hit: ${name(box)}`);
  }
  let level = 0;
  for (const heading of document.querySelectorAll("h1, h2, h3, h4")) {
    if (!seen(heading)) continue;
    const mine = Number(heading.tagName[1]);
    if (level && mine > level + 1) faults.push(`heading skips a level: ${heading.textContent.trim().slice(0, 20)}`);
    level = mine;
  }
  return faults;
}
