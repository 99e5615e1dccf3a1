// page.js - tables that sort: a click on the head of a column of table.sorts orders its rows, another turns the order.
// Inlined, so no ampersand and no less-than sign: the page is XML too.
(function () {
  function compare(a, b) {
    var x = Number(a), y = Number(b);
    if (isNaN(x) || isNaN(y)) { return a.localeCompare(b, undefined, { numeric: true }); }
    return x - y;
  }
  function key(row, column) {
    var cell = row.cells[column];
    return cell.hasAttribute('data-v') ? cell.getAttribute('data-v') : cell.textContent;
  }
  function sort(head) {
    var table = head.closest('table'), body = table.tBodies[0];
    var sign = head.getAttribute('aria-sort') === 'ascending' ? -1 : 1;
    table.querySelectorAll('th[aria-sort]').forEach(function (other) { other.removeAttribute('aria-sort'); });
    head.setAttribute('aria-sort', sign === 1 ? 'ascending' : 'descending');
    Array.from(body.rows).sort(function (a, b) {
      return sign * compare(key(a, head.cellIndex), key(b, head.cellIndex));
    }).forEach(function (row) { body.appendChild(row); });
  }
  document.querySelectorAll('table.sorts thead th').forEach(function (head) {
    var button = document.createElement('button');
    button.type = 'button';
    while (head.firstChild) { button.appendChild(head.firstChild); }
    head.appendChild(button);
    button.addEventListener('click', function () { sort(head); });
  });
}());
