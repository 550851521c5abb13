/**
 * Pictures of training runs: C̄_K and L_K over iterations, and the (C̄_K, L_K) plane.
 *
 * <p>A {@link io.dl4jext.fisher.chart.FisherChart} is a list of runs, taken from {@link
 * io.dl4jext.fisher.FisherHistory}s as plain numbers, and some panels. A panel is a title, two axes and a track for
 * each run; a track is the points that the axes can show and a style. Panels and legend make the picture, the same for
 * PNG and SVG. {@code Plot} alone knows XChart, an optional dependency. Needs no screen.
 */
package io.dl4jext.fisher.chart;
