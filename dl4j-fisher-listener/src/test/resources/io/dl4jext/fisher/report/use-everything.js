// Goes behind the script of a report: uses every control, points at every chart, and says so in the DOM.
(function () {
  'use strict';

  const change = element => element.dispatchEvent(new Event('change', { bubbles: true }));

  /** What comes up where the pointer is. */
  function point() {
    let tips = 0;
    document.querySelectorAll('.chart canvas').forEach(canvas => {
      const box = canvas.getBoundingClientRect();
      for (let across = 0.05; across < 1; across += 0.03) {
        for (const down of [0.2, 0.5, 0.8]) {
          canvas.parentElement.dispatchEvent(new MouseEvent('mousemove', {
            bubbles: true, clientX: box.left + across * box.width, clientY: box.top + down * box.height,
          }));
        }
      }
      tips += canvas.parentElement.parentElement.querySelectorAll('.tip').length;
    });
    return tips;
  }

  // The last charts are drawn when they are seen.
  setTimeout(() => {
    window.dispatchEvent(new Event('beforeprint'));
    document.querySelectorAll('select').forEach(select => {
      const before = select.value;
      [...select.options].forEach(option => {
        select.value = option.value;
        change(select);
      });
      select.value = before;
      change(select);
    });
    document.querySelectorAll('input[type=range]').forEach(slider => {
      for (const value of [0, Math.floor(slider.max / 2), slider.max]) {
        slider.value = value;
        slider.dispatchEvent(new Event('input', { bubbles: true }));
      }
    });
    const boxes = [...document.querySelectorAll('input[type=checkbox]')];
    const click = box => box.click();
    boxes.forEach(click); // none is drawn
    point();
    boxes.forEach(click);
    document.documentElement.dataset.tips = point();
    document.documentElement.dataset.used = 'all';
  }, 1000);
})();
