/**
 * How results are shown: CSV files, text tables, numbers as text, charts in one style and one palette.
 */
package io.dl4jext.experiments.report;
