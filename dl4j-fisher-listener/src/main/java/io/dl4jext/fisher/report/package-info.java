/**
 * Training runs as one HTML page that needs nothing else: charts to hover over, tables, formulas.
 *
 * <p>A {@link io.dl4jext.fisher.report.FisherReport} is a list of runs. What is drawn of each ({@code RunData}: the
 * measurements that {@code Thinning} keeps, the {@code SpectrumImage}, the {@code LayerShares}) goes as JSON into the
 * page; {@code Page} puts around it the tables, which are plain HTML, and {@code report.css}, {@code report.js} and the
 * charting library (Apache ECharts), which lie beside the classes as resources. A browser draws; nothing is loaded.
 */
package io.dl4jext.fisher.report;
