/** How the examples' pictures look: one style, colours and labels for all of them ({@link io.dl4jext.experiments.chart.ChartStyle}). */
package io.dl4jext.experiments.chart;
