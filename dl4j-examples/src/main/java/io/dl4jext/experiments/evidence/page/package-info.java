/**
 * A page, before it is text: a {@code Page} is a list of headings, paragraphs, tables and figures, of which
 * {@code HtmlPage} and {@code MarkdownPage} are written, so that the two cannot differ. Figures draw themselves as SVG
 * ({@code LinePlot}, {@code DotPlot}), once for each width, in the page's colours. Every text that comes in is plain
 * and is escaped here.
 */
package io.dl4jext.experiments.evidence.page;
