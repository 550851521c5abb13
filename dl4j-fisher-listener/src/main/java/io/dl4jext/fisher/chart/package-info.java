/**
 * Pictures of training runs: C̄_K and L_K over iterations, and the (C̄_K, L_K) plane.
 *
 * <p>A {@link io.dl4jext.fisher.chart.FisherChart} takes named {@link io.dl4jext.fisher.FisherHistory}s as plain
 * numbers, leaves out what an axis cannot show, thins long paths, has XChart (an optional dependency) draw the panels and
 * adds the legend; PNG and SVG come from the same drawing. Needs no screen.
 */
package io.dl4jext.fisher.chart;
