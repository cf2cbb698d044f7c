// What is typed before the page has its box, on a slow machine or while a screen loads: kept here, and put into the box.
(function () {
  var kept = "";
  var lastAt = 0;
  var isListening = /^\/(chats(\/|$)|$)/.test(location.pathname);
  var TOO_OLD_MS = 15000;

  function isEditable(element) {
    return (
      element instanceof HTMLElement && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName))
    );
  }
  addEventListener(
    "keydown",
    function (event) {
      if (!isListening || event.ctrlKey || event.metaKey || event.altKey || isEditable(event.target)) return;
      // A button or link that was reached by Tab is pressed by the space bar.
      if (event.target !== document.body && event.target !== document.documentElement && event.key === " ") return;
      if (event.key === "Backspace") kept = Array.from(kept).slice(0, -1).join("");
      else if (Array.from(event.key).length === 1 && kept.length < 2000) kept += event.key;
      else return;
      lastAt = Date.now();
      event.preventDefault();
    },
    true,
  );
  globalThis.sparkyFirstLetters = {
    take: function () {
      var text = Date.now() - lastAt < TOO_OLD_MS ? kept : "";
      kept = "";
      isListening = false;
      return text;
    },
    again: function () {
      isListening = true;
    },
  };
})();
