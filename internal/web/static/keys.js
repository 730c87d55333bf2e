// Keys for those who like them; everything works without. "/" goes to the search box,
// j and k to the next and the previous item, Enter opens it, as it is a link.
"use strict";
document.addEventListener("keydown", function (e) {
  var at = document.activeElement;
  var typing = at && (/^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName) || at.isContentEditable);
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  if (typing) {
    if (e.key === "Escape") at.blur();
    return;
  }
  if (e.key === "/") {
    var box = document.getElementById("q");
    if (!box) return;
    e.preventDefault();
    box.focus();
    box.select();
    return;
  }
  if (e.key !== "j" && e.key !== "k") return;
  var items = Array.prototype.slice.call(document.querySelectorAll("[data-item]"));
  if (!items.length) return;
  var now = items.findIndex(function (i) { return i.contains(at); });
  var next = e.key === "j" ? now + 1 : now - 1;
  if (now < 0) next = e.key === "j" ? 0 : items.length - 1;
  if (next < 0 || next >= items.length) return;
  var target = items[next].matches("a") ? items[next] : items[next].querySelector("a");
  if (!target) return;
  target.focus({ preventScroll: true });
  items[next].scrollIntoView({ block: "nearest" });
});
