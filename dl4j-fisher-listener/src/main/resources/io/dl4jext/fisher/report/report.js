(function () {
  'use strict';

  // Names come from whoever trained: they go into the page as text nodes and onto canvases, never as HTML.

  const root = document.documentElement;
  const byId = id => document.getElementById(id);
  const data = JSON.parse(byId('data').textContent);
  if (!window.echarts) {
    return;
  }
  root.classList.add('drawing');

  const SYMBOLS = ['circle', 'rect', 'triangle', 'diamond', 'roundRect'];
  const DASHES = ['solid', 'dashed', 'dotted'];
  const COLOURS = 7;
  const MOST_IN_TIP = 8;
  const MOST_LAYERS_IN_TIP = 16;
  const MOST_PANELS = 4;
  // Viridis, even in lightness, for the colour-blind too.
  const VIRIDIS = ['#440154', '#482878', '#3e4a89', '#31688e', '#26828e', '#1f9e89', '#35b779', '#6dcd59', '#b4de2c', '#fde725'];

  const numbers = values => values.map(Number); // "NaN", "Infinity" and "-Infinity" are strings in JSON
  data.runs.forEach((run, index) => {
    run.index = index;
    run.shown = true;
    for (const title in run.figures) {
      run.figures[title] = numbers(run.figures[title]);
    }
    run.scale = numbers(run.averaged_noise_scale);
    run.rows = run.figures.iteration.length;
  });
  data.beacons.forEach(beacon => {
    beacon.average_condition_number = numbers(beacon.average_condition_number);
    beacon.cumulative_energy = numbers(beacon.cumulative_energy);
  });

  const state = { across: 'iteration', log: true, figure: 'condition_number' };
  const shownRuns = () => data.runs.filter(run => run.shown && run.rows > 0);

  // Looks

  const colour = name => getComputedStyle(root).getPropertyValue('--' + name).trim();

  /** From 0, dark, to 1, bright. */
  function viridis(place) {
    const at = place * (VIRIDIS.length - 1);
    const below = Math.min(Math.floor(at), VIRIDIS.length - 2);
    const parts = hex => [1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16));
    const [from, to] = [parts(VIRIDIS[below]), parts(VIRIDIS[below + 1])];
    return 'rgb(' + from.map((part, i) => Math.round(part + (at - below) * (to[i] - part))).join(',') + ')';
  }

  const runColour = run => colour('run' + (run.index % COLOURS));
  const runSymbol = run => SYMBOLS[run.index % SYMBOLS.length];
  const runDash = run => DASHES[Math.floor(run.index / COLOURS) % DASHES.length];
  const font = () => getComputedStyle(document.body).fontFamily;

  function format(value) {
    if (!Number.isFinite(value)) {
      return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞';
    }
    const size = Math.abs(value);
    if (size !== 0 && (size >= 1e7 || size < 1e-4)) {
      return value.toExponential(3);
    }
    const shown = Number.isInteger(value) ? value : Number(value.toPrecision(4));
    return shown.toLocaleString('en', { maximumFractionDigits: 10 });
  }

  /** For ticks. */
  function brief(value) {
    const size = Math.abs(value);
    if (size !== 0 && (size >= 1e6 || size < 1e-3)) {
      return Number(value.toPrecision(2)).toExponential().replace('e+', 'e');
    }
    return Number.isInteger(value) ? value.toLocaleString('en') : String(Number(value.toPrecision(3)));
  }

  // Axes

  const drawable = (value, log) => (Number.isFinite(value) && (!log || value > 0) ? value : null);

  /** Logarithmic where it is asked for and the values span enough for marks on it; close to its values otherwise. */
  function axis(values, log, more) {
    const known = values.filter(value => drawable(value, log) !== null);
    const least = Math.min(...known);
    const most = Math.max(...known);
    const common = {
      axisLine: { show: true, lineStyle: { color: colour('line') } },
      axisTick: { lineStyle: { color: colour('line') } },
      splitLine: { show: true, lineStyle: { color: colour('grid') } },
      axisLabel: { color: colour('quiet'), fontSize: 12, hideOverlap: true, formatter: brief },
      nameTextStyle: { color: colour('quiet'), fontSize: 13 },
    };
    const base = most / least < 60 ? 2 : 10;
    const scaled = log && known.length > 0 && most / least >= 4
      ? {
        type: 'log',
        logBase: base,
        min: least / Math.pow(most / least, 0.04),
        max: most * Math.pow(most / least, 0.04),
        axisLabel: Object.assign(common.axisLabel, { showMinLabel: false, showMaxLabel: false }),
        minorSplitLine: { show: false },
      }
      : { type: 'value', scale: true, splitNumber: 4 };
    return Object.assign(common, scaled, more);
  }

  const pixels = () => ({ textStyle: { fontFamily: font() }, animation: false, backgroundColor: 'transparent' });

  function tooltip(trigger, formatter) {
    return {
      trigger,
      confine: true,
      transitionDuration: 0,
      backgroundColor: colour('page'),
      borderColor: colour('line'),
      padding: [8, 12],
      extraCssText: 'box-shadow: 0 4px 18px rgba(0,0,0,.22)',
      axisPointer: { lineStyle: { color: colour('quiet') }, label: { show: false } },
      formatter,
    };
  }

  /** Where there is nothing to draw. */
  const note = (needed, text) => (needed
    ? [{ type: 'text', left: 'center', top: '35%', style: { text, fill: colour('quiet'), fontSize: 14, fontFamily: font() } }]
    : []);

  const toolbox = () => ({
    right: 8,
    top: 0,
    itemSize: 14,
    iconStyle: { borderColor: colour('quiet') },
    emphasis: { iconStyle: { borderColor: colour('accent'), textFill: colour('quiet'), textPosition: 'left' } },
    feature: {
      dataZoom: { title: { zoom: 'Zoom', back: 'Zoom back' } },
      restore: { title: 'Whole' },
      saveAsImage: { title: 'Save as PNG', name: 'fisher', backgroundColor: colour('page'), pixelRatio: 2 },
    },
  });

  // Tips, made of nodes

  function node(name, text, className) {
    const made = document.createElement(name);
    if (text !== undefined) {
      made.textContent = text;
    }
    if (className) {
      made.className = className;
    }
    return made;
  }

  /** A heading and a table; a row is a colour or null, and texts. */
  function tip(heading, head, rows) {
    const box = node('div', undefined, 'tip');
    box.append(node('b', heading));
    const table = node('table');
    const body = node('tbody');
    if (head) {
      const line = node('tr');
      head.forEach((text, i) => line.append(node('th', text, i ? 'number' : '')));
      body.append(line);
    }
    rows.forEach(row => {
      const line = node('tr');
      row.texts.forEach((text, i) => {
        const cell = node('td', undefined, i ? 'number' : '');
        if (i === 0 && row.colour) {
          const mark = node('i');
          mark.style.background = row.colour;
          cell.append(mark);
        }
        cell.append(text);
        line.append(cell);
      });
      body.append(line);
    });
    table.append(body);
    box.append(table);
    return box;
  }

  const figure = (run, title, row) => run.figures[title][row];

  function rowTexts(run, row) {
    const value = title => format(figure(run, title, row));
    return [
      ['Iteration', value('iteration')], ['Epoch', value('epoch')], ['Examples', value('examples')],
      ['Batch size', value('batch_size')], ['Learning rate', value('learning_rate')], ['Loss', value('loss')],
      ['C̄_K', value('average_condition_number')], ['L_K', value('cumulative_energy')],
      ['c_k', value('condition_number')], ['l_k', value('energy')], ['Rank', value('rank')],
      ['Noise scale', format(run.scale[row])],
    ];
  }

  const rowTip = (run, row) =>
    tip(run.name, null, rowTexts(run, row).map((texts, i) => ({ colour: i ? null : runColour(run), texts })));

  /** The row of a run that is nearest to a place on the axis. */
  function nearest(run, title, place) {
    const values = run.figures[title];
    let low = 0;
    let high = values.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (values[middle] < place) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low > 0 && place - values[low - 1] < values[low] - place ? low - 1 : low;
  }

  // The plane

  function plane(element) {
    const runs = shownRuns();
    const labelled = data.runs.length > 1 && runs.length <= 12 && element.clientWidth >= 600;
    const conditions = runs.flatMap(run => run.figures.average_condition_number)
      .concat(data.beacons.flatMap(beacon => beacon.average_condition_number));
    const energies = runs.flatMap(run => run.figures.cumulative_energy)
      .concat(data.beacons.flatMap(beacon => beacon.cumulative_energy));
    const points = (xs, ys) => xs.map((x, i) => [drawable(x, true), drawable(ys[i], true), i])
      .filter(point => point[0] !== null && point[1] !== null);
    const series = [];
    data.beacons.forEach(beacon => {
      const path = points(beacon.average_condition_number, beacon.cumulative_energy);
      series.push({
        type: 'line', name: beacon.name, data: path, symbol: 'circle', symbolSize: 4, showAllSymbol: true, z: 1,
        lineStyle: { type: 'dotted', width: 2, color: colour('quiet') }, itemStyle: { color: colour('quiet') },
        endLabel: { show: element.clientWidth >= 600, formatter: '{a}', color: colour('quiet'), fontSize: 12, width: 100, overflow: 'truncate' },
        labelLayout: { hideOverlap: true },
        tooltip: {
          formatter: p => tip(beacon.name, null, [
            { texts: ['Examples', format(beacon.examples[p.data[2]])] },
            { texts: ['C̄_K', format(p.data[0])] },
            { texts: ['L_K', format(p.data[1])] },
          ]),
        },
      });
    });
    runs.forEach(run => {
      const path = points(run.figures.average_condition_number, run.figures.cumulative_energy);
      if (!path.length) {
        return;
      }
      const look = { color: runColour(run) };
      const told = { formatter: p => rowTip(run, p.data[2]) };
      series.push({
        type: 'line', name: run.name, data: path, symbol: 'circle', symbolSize: path.length > 300 ? 4 : 6, showAllSymbol: true, z: 3,
        lineStyle: { width: 2, color: look.color, type: runDash(run) }, itemStyle: look, tooltip: told,
        emphasis: { scale: 1.8, lineStyle: { width: 2 } },
      });
      series.push({
        type: 'scatter', data: [path[0]], symbol: runSymbol(run), symbolSize: 11, z: 4, tooltip: told,
        itemStyle: { color: colour('page'), borderColor: look.color, borderWidth: 2 },
      });
      series.push({
        type: 'scatter', name: run.name, data: [path[path.length - 1]], symbol: runSymbol(run), symbolSize: 17, z: 5, tooltip: told,
        itemStyle: { color: look.color, borderColor: colour('page'), borderWidth: 2 },
        label: {
          show: labelled, formatter: '{a}', position: 'right', color: colour('text'), fontSize: 12,
          textBorderColor: colour('page'), textBorderWidth: 3, width: 110, overflow: 'truncate',
        },
        labelLayout: { moveOverlap: 'shiftY' },
      });
    });
    return Object.assign(pixels(), {
      aria: { enabled: true, label: { description: 'The way of ' + runs.length + ' runs through the plane of C̄_K and L_K; the table of runs has where they end.' } },
      grid: { left: 64, right: labelled ? 110 : 24, top: 34, bottom: 50 },
      graphic: note(series.length === 0, runs.length ? 'no finite C̄_K and L_K above 0' : 'no run is ticked'),
      toolbox: toolbox(),
      tooltip: tooltip('item'),
      xAxis: axis(conditions, true, { name: 'C̄_K, mean condition number', nameLocation: 'middle', nameGap: 30 }),
      yAxis: axis(energies, true, { name: 'L_K, cumulative energy', nameLocation: 'middle', nameGap: 46 }),
      series,
    });
  }

  // Over the training

  const NAMES = { average_condition_number: 'C̄_K, mean condition number', cumulative_energy: 'L_K, cumulative energy', condition_number: 'c_k, condition number', energy: 'l_k, energy' };
  const panels = () => ['average_condition_number', 'cumulative_energy', 'loss', state.figure];
  const titleOf = title => NAMES[title] || title[0].toUpperCase() + title.slice(1).replace(/_/g, ' ');
  const COUNTS = new Set(data.columns.filter(column => column.count).map(column => column.title));
  // A batch size or a rate holds until it changes.
  const STEPS = new Set(['batch_size', 'learning_rate']);

  function across(extra) {
    const values = shownRuns().flatMap(run => run.figures[state.across]);
    return axis(values, false, Object.assign({ min: 'dataMin', max: 'dataMax', scale: true, splitNumber: 5 }, extra));
  }

  /** Of each run what was measured nearest to a place. */
  function acrossTip(place, head, texts) {
    const runs = shownRuns();
    const box = tip('At ' + state.across.replace('examples', 'examples:') + ' ' + format(place), ['', state.across].concat(head), runs.slice(0, MOST_IN_TIP).map(run => {
      const row = nearest(run, state.across, place);
      return { colour: runColour(run), texts: [run.name, format(figure(run, state.across, row))].concat(texts(run, row).map(format)) };
    }));
    if (runs.length > MOST_IN_TIP) {
      box.append(node('span', 'and ' + (runs.length - MOST_IN_TIP) + ' more'));
    }
    return box;
  }

  const PANEL_HEIGHT = 270;

  function training(element) {
    const wide = element.clientWidth >= 760;
    const columns = wide ? 2 : 1;
    const lines = panels().length / columns;
    const runs = shownRuns();
    const option = Object.assign(pixels(), {
      aria: { enabled: true, label: { description: 'C̄_K, L_K, loss and ' + titleOf(state.figure) + ' over the training. The slider below steps through the values.' } },
      title: [], grid: [], xAxis: [], yAxis: [], series: [],
      toolbox: toolbox(),
      axisPointer: { link: [{ xAxisIndex: 'all' }] },
    });
    panels().forEach((title, i) => {
      const column = i % columns;
      const line = Math.floor(i / columns);
      const width = element.clientWidth / columns;
      const top = 30 + line * PANEL_HEIGHT;
      const log = state.log && !COUNTS.has(title);
      const values = runs.flatMap(run => run.figures[title]);
      option.title.push({
        text: titleOf(title), left: column * width + 12, top: top - 4,
        textStyle: { fontSize: 14, fontWeight: 600, color: colour('text') },
      });
      option.grid.push({ left: column * width + 60, width: width - 60 - 24, top: top + 26, height: PANEL_HEIGHT - 26 - 50 });
      option.xAxis.push(across({ gridIndex: i, name: line === lines - 1 ? state.across + (state.across === 'iteration' ? 's' : '') : '', nameLocation: 'middle', nameGap: 26 }));
      option.yAxis.push(axis(values, log, { gridIndex: i }));
      runs.forEach(run => {
        option.series.push({
          type: 'line', name: run.name, xAxisIndex: i, yAxisIndex: i,
          data: run.figures[state.across].map((x, row) => [x, drawable(run.figures[title][row], log)]),
          step: STEPS.has(title) ? 'end' : false,
          symbol: runSymbol(run), symbolSize: 6, showSymbol: run.rows <= 40, showAllSymbol: true,
          lineStyle: { width: 1.8, color: runColour(run), type: runDash(run) }, itemStyle: { color: runColour(run) },
          emphasis: { disabled: true },
        });
      });
    });
    const head = ['C̄_K', 'L_K', 'loss', titleOf(state.figure).replace(/,.*/, '')];
    option.tooltip = tooltip('axis', params =>
      acrossTip(params[0].axisValue, head, (run, row) => panels().map(title => figure(run, title, row))));
    element.style.height = 30 + lines * PANEL_HEIGHT + 'px';
    return option;
  }

  // Noise scale and batch size

  function noise() {
    const runs = shownRuns();
    const series = [];
    runs.forEach(run => {
      const xs = run.figures[state.across];
      const line = (values, more) => series.push(Object.assign({
        type: 'line', name: run.name, data: xs.map((x, i) => [x, drawable(values[i], true)]),
        symbol: runSymbol(run), symbolSize: 6, showSymbol: run.rows <= 40, showAllSymbol: true,
        itemStyle: { color: runColour(run) }, emphasis: { disabled: true },
      }, more));
      line(run.scale, { lineStyle: { width: 2, color: runColour(run) } });
      line(run.figures.batch_size, { step: 'end', symbol: 'none', lineStyle: { width: 1.5, type: 'dashed', color: runColour(run), opacity: 0.75 } });
    });
    return Object.assign(pixels(), {
      aria: { enabled: true, label: { description: 'Noise scale and batch size of ' + runs.length + ' runs; the table below has their ends.' } },
      grid: { left: 64, right: 24, top: 16, bottom: 46 },
      tooltip: tooltip('axis', params =>
        acrossTip(params[0].axisValue, ['noise scale', 'batch size'], (run, row) => [run.scale[row], figure(run, 'batch_size', row)])),
      xAxis: across({ name: state.across + (state.across === 'iteration' ? 's' : ''), nameLocation: 'middle', nameGap: 28 }),
      yAxis: axis(runs.flatMap(run => run.scale.concat(run.figures.batch_size)), true),
      series,
    });
  }

  // Spectra

  const withSpectrum = data.runs.filter(run => run.spectrum);
  withSpectrum.forEach(run => run.spectrum.columns.forEach(column => { column.eigenvalues = numbers(column.eigenvalues); }));

  /** Which eigenvalue a row shows, from 0: as SpectrumImage.java chooses it. */
  const placeOf = (row, rows, samples) => (rows < 2 ? samples - 1 : Math.round(row * (samples - 1) / (rows - 1)));

  function colourRange() {
    let least = Infinity;
    let most = -Infinity;
    withSpectrum.forEach(run => run.spectrum.columns.forEach(column => column.eigenvalues.forEach((value, row) => {
      if (value > 0 && Number.isFinite(value) && placeOf(row, run.spectrum.rows, column.samples) < column.rank) {
        least = Math.min(least, Math.log10(value));
        most = Math.max(most, Math.log10(value));
      }
    })));
    return least <= most ? [least, Math.max(most, least + 1e-9)] : [0, 1];
  }
  const [coldest, hottest] = colourRange();

  function spectrum(run) {
    const image = run.spectrum;
    const zero = colour('zero');
    const cells = [];
    image.columns.forEach((column, x) => column.eigenvalues.forEach((value, y) => {
      const counted = placeOf(y, image.rows, column.samples) < column.rank;
      if (Number.isNaN(value)) {
        return;
      }
      cells.push(counted && value > 0
        ? [x, y, Math.min(Math.log10(value), hottest)]
        : { value: [x, y, coldest], visualMap: false, itemStyle: { color: zero } });
    }));
    const samples = Math.max(...image.columns.map(column => column.samples));
    const category = more => Object.assign({
      type: 'category',
      axisLine: { show: false }, axisTick: { show: false }, splitArea: { show: false }, splitLine: { show: false },
      axisLabel: { color: colour('quiet'), fontSize: 12, hideOverlap: true },
      nameTextStyle: { color: colour('quiet'), fontSize: 13 },
    }, more);
    const rows = Array.from({ length: image.rows }, (_, row) => String(placeOf(row, image.rows, samples) + 1));
    return Object.assign(pixels(), {
      aria: { enabled: true, label: { description: 'Eigenvalues over the training as an image.' } },
      grid: { left: 52, right: 24, top: 14, bottom: 92 },
      graphic: note(cells.length === 0, 'no numbers (NaN)'),
      tooltip: tooltip('item', p => {
        const [x, y] = Array.isArray(p.data) ? p.data : p.data.value;
        const column = image.columns[x];
        const place = placeOf(y, image.rows, column.samples);
        const value = column.eigenvalues[y];
        return tip('Iteration ' + format(column.iteration) + ', epoch ' + format(column.epoch), null, [
          { texts: ['Eigenvalue', place + 1 + ' of ' + column.samples] },
          { texts: ['λ', format(value) + (place < column.rank ? '' : ' (counts as zero)')] },
          { texts: ['σ', format(Math.sqrt(value))] },
          { texts: ['Rank', format(column.rank)] },
        ]);
      }),
      visualMap: {
        type: 'continuous', min: coldest, max: hottest, dimension: 2, calculable: true, orient: 'horizontal', left: 'center', bottom: 0,
        itemWidth: 12, itemHeight: 160, precision: 2, inRange: { color: VIRIDIS }, outOfRange: { opacity: 0.12 },
        formatter: value => brief(Math.pow(10, value)), textStyle: { color: colour('quiet') },
      },
      xAxis: category({ data: image.columns.map(column => format(column.iteration)), name: 'iteration', nameLocation: 'middle', nameGap: 26 }),
      yAxis: category({ data: rows, inverse: true, axisLabel: { color: colour('quiet'), fontSize: 12, interval: Math.max(0, Math.ceil(rows.length / 8) - 1) }, name: 'eigenvalue', nameLocation: 'middle', nameGap: 36 }),
      series: [{ type: 'heatmap', data: cells, progressive: 0, emphasis: { itemStyle: { borderColor: colour('text'), borderWidth: 1 } } }],
    });
  }

  // Shares of the layers

  const withShares = data.runs.filter(run => run.shares);
  withShares.forEach(run => run.shares.layers.forEach(layer => { layer.values = numbers(layer.values); }));
  const tracedRows = [...new Set(withShares.flatMap(run => run.shares.layers.map(layer => layer.row)))].sort((a, b) => a - b);

  /** By the layer's place in the network, the same in all runs. */
  const layerColour = row => viridis(tracedRows.length < 2 ? 0.5 : 0.18 + 0.78 * tracedRows.indexOf(row) / (tracedRows.length - 1));

  /** The layers with the most, in the network's order. */
  function sharesTip(run, at) {
    const shares = run.shares;
    const layers = shares.layers.filter(layer => Number.isFinite(layer.values[at]));
    const told = layers.slice().sort((a, b) => b.values[at] - a.values[at]).slice(0, MOST_LAYERS_IN_TIP);
    const box = tip('Iteration ' + format(shares.iteration[at]) + ', examples: ' + format(shares.examples[at]), null,
      layers.filter(layer => told.includes(layer)).map(layer => (
        { colour: layerColour(layer.row), texts: [data.layers[layer.row], (100 * layer.values[at]).toFixed(1) + ' %'] })));
    if (layers.length > told.length) {
      box.append(node('span', 'and ' + (layers.length - told.length) + ' with less'));
    }
    return box;
  }

  function shares(run) {
    const xs = run.shares[state.across];
    const layers = run.shares.layers;
    // Where the top of each layer's area is, the last layer at the bottom; NaN where nothing is known.
    const tops = layers.map(() => []);
    xs.forEach((x, i) => {
      let height = layers.some(layer => Number.isFinite(layer.values[i])) ? 0 : NaN;
      for (let row = layers.length - 1; row >= 0; row--) {
        height += 100 * (layers[row].values[i] || 0);
        tops[row][i] = height;
      }
    });
    // Each reaches down to 0, and the next is drawn over it.
    const series = layers.map((layer, row) => ({
      type: 'line', name: data.layers[layer.row],
      data: xs.map((x, i) => [x, drawable(tops[row][i], false)]),
      symbol: 'circle', symbolSize: 8, showSymbol: xs.length === 1, itemStyle: { color: layerColour(layer.row) },
      areaStyle: { color: layerColour(layer.row), opacity: 1 }, lineStyle: { width: 0.8, color: colour('page') }, emphasis: { disabled: true },
    }));
    return Object.assign(pixels(), {
      aria: { enabled: true, label: { description: 'Shares of Tr F̃ by layer over the training; the table below has their ends.' } },
      grid: { left: 52, right: 24, top: 14, bottom: 46 },
      graphic: note(!tops[0].some(Number.isFinite), 'no numbers (NaN)'),
      tooltip: tooltip('axis', params => sharesTip(run, params[0].dataIndex)),
      xAxis: axis(xs, false, { min: 'dataMin', max: 'dataMax', splitNumber: 5, name: state.across + (state.across === 'iteration' ? 's' : ''), nameLocation: 'middle', nameGap: 28 }),
      yAxis: axis([0, 100], false, { min: 0, max: 100, interval: 25, axisLabel: { color: colour('quiet'), fontSize: 12, formatter: '{value} %' } }),
      series,
    });
  }

  // All charts

  const charts = [];

  function show(chart) {
    chart.drawn.dispatchAction({ type: 'hideTip' });
    chart.drawn.setOption(chart.option(chart.element), { notMerge: true });
    chart.drawn.resize();
  }

  function draw(chart) {
    if (!chart.drawn) {
      root.dataset.drawn = 1 + charts.filter(other => other.drawn).length;
      chart.drawn = window.echarts.init(chart.element, null, { locale: 'EN' });
      chart.width = chart.element.clientWidth;
      new ResizeObserver(() => {
        if (chart.element.clientWidth !== chart.width) {
          chart.width = chart.element.clientWidth;
          show(chart);
        }
      }).observe(chart.element);
    }
    show(chart);
  }

  function add(element, option) {
    const chart = { element, option };
    charts.push(chart);
    return chart;
  }

  /** Those that wait until they are seen only if they have been. */
  const drawAll = () => charts.filter(chart => chart.drawn || !chart.waits).forEach(draw);

  /** Images take their time: a page opens quicker without those that nobody sees yet. */
  function drawWhenSeen(chart) {
    chart.waits = true;
    new IntersectionObserver((entries, observer) => {
      if (entries.some(entry => entry.isIntersecting)) {
        observer.disconnect();
        draw(chart);
      }
    }, { rootMargin: '400px' }).observe(chart.element);
  }
  window.addEventListener('beforeprint', () => charts.forEach(draw));

  function options(select, texts, values) {
    texts.forEach((text, i) => {
      const option = node('option', text);
      option.value = values[i];
      select.append(option);
    });
  }

  // Controls

  function theme() {
    const chosen = byId('theme').value;
    const dark = chosen === 'dark' || chosen === 'auto' && window.matchMedia('(prefers-color-scheme: dark)').matches;
    root.classList.toggle('dark', dark);
    root.classList.toggle('light', !dark);
  }
  theme();
  byId('theme').addEventListener('change', () => { theme(); drawAll(); });
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => { theme(); drawAll(); });

  /** Line and mark of a run. */
  function sample(run) {
    const ns = 'http://www.w3.org/2000/svg';
    const make = (name, attributes) => {
      const made = document.createElementNS(ns, name);
      Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
      return made;
    };
    const paint = 'var(--run' + run.index % COLOURS + ')';
    const svg = make('svg', { viewBox: '0 0 30 14', 'aria-hidden': 'true' });
    svg.append(make('line', {
      x1: 0, y1: 7, x2: 30, y2: 7, stroke: paint, 'stroke-width': 2, 'stroke-dasharray': { solid: 'none', dashed: '6 3', dotted: '2 3' }[runDash(run)],
    }));
    svg.append({
      circle: () => make('circle', { cx: 15, cy: 7, r: 5, fill: paint }),
      rect: () => make('rect', { x: 10, y: 2, width: 10, height: 10, fill: paint }),
      roundRect: () => make('rect', { x: 10, y: 2, width: 10, height: 10, rx: 3, fill: paint }),
      triangle: () => make('path', { d: 'M15 1 L21 12 L9 12 Z', fill: paint }),
      diamond: () => make('path', { d: 'M15 0 L21 7 L15 14 L9 7 Z', fill: paint }),
    }[runSymbol(run)]());
    return svg;
  }

  document.querySelectorAll('#runs tbody tr').forEach((row, index) => {
    const run = data.runs[index];
    const name = row.firstElementChild.firstElementChild;
    const label = node('label', undefined, 'run');
    if (data.runs.length > 1) {
      const box = node('input');
      box.type = 'checkbox';
      box.checked = true;
      box.addEventListener('change', () => {
        run.shown = box.checked;
        label.classList.toggle('off', !run.shown);
        drawAll();
      });
      label.append(box);
      byId('legend-note').hidden = false;
    }
    name.replaceWith(label);
    label.append(sample(run), name);
  });

  const figures = data.columns.filter(column => !['epoch', 'iteration', 'examples', 'average_condition_number', 'cumulative_energy', 'loss'].includes(column.title));
  options(byId('figure'), figures.map(column => titleOf(column.title)), figures.map(column => column.title));
  byId('figure').value = state.figure;
  const explain = () => {
    byId('figure-meaning').textContent = titleOf(state.figure) + ': ' + data.columns.find(column => column.title === state.figure).description + '.';
  };
  explain();
  byId('figure').addEventListener('change', event => { state.figure = event.target.value; explain(); drawAll(); });
  byId('scale').addEventListener('change', event => { state.log = event.target.value === 'log'; drawAll(); });
  byId('across').addEventListener('change', event => { state.across = event.target.value; drawAll(); });

  add(byId('plane-chart'), plane);
  const trainingChart = add(byId('training-chart'), training);
  add(byId('noise-chart'), noise);

  /** A panel for each run; more runs than panels: each panel has a choice. */
  function runPanels(container, runs, option) {
    runs.slice(0, MOST_PANELS).forEach((first, panel) => {
      const box = node('div');
      const element = node('div', undefined, 'chart');
      element.setAttribute('role', 'img');
      let run = first;
      const chart = add(element, () => option(run));
      if (runs.length > MOST_PANELS) {
        const select = node('select');
        select.setAttribute('aria-label', 'Run of panel ' + (panel + 1));
        options(select, runs.map(other => other.name), runs.map(other => other.index));
        select.value = run.index;
        select.addEventListener('change', () => { run = data.runs[select.value]; draw(chart); });
        box.append(select);
      } else if (data.runs.length > 1) {
        box.append(node('h3', run.name));
      }
      box.append(element);
      container.append(box);
      drawWhenSeen(chart);
    });
  }

  runPanels(byId('spectra'), withSpectrum, spectrum);
  if (withShares.length) {
    runPanels(byId('shares'), withShares, shares);
    document.querySelectorAll('#layers tbody tr').forEach((line, row) => {
      if (tracedRows.includes(row)) {
        const name = line.firstElementChild.firstElementChild;
        const mark = node('i', undefined, 'swatch');
        mark.style.background = layerColour(row);
        name.prepend(mark);
      }
    });
  }

  // Stepping through by keyboard

  const measured = data.runs.filter(run => run.rows > 0);
  options(byId('walk-run'), measured.map(run => run.name), measured.map(run => run.index));
  byId('walk-run').hidden = measured.length < 2;

  function step() {
    const run = data.runs[byId('walk-run').value];
    const row = Number(byId('walk').value);
    byId('walk').max = run.rows - 1;
    byId('walk').setAttribute('aria-valuetext', 'iteration ' + figure(run, 'iteration', row));
    byId('walk-values').textContent = rowTexts(run, row).map(texts => texts.join(' ')).join(' · ');
    return [run, row];
  }

  function walk() {
    const [run, row] = step();
    const at = shownRuns().indexOf(run);
    if (at >= 0) {
      trainingChart.drawn.dispatchAction({ type: 'updateAxisPointer', seriesIndex: at, dataIndex: row });
    }
  }
  byId('walk').addEventListener('input', walk);
  byId('walk-run').addEventListener('change', () => { byId('walk').max = data.runs[byId('walk-run').value].rows - 1; byId('walk').value = byId('walk').max; walk(); });

  drawAll();
  byId('walk').max = measured[0].rows - 1;
  byId('walk').value = measured[0].rows - 1;
  step();
  // For tests: the script came to its end, and of so many charts so many are drawn.
  root.dataset.charts = charts.length;
})();
