/**
 * The command {@code report}: all papers' experiments at one of three scales, resumable, and a page with a verdict for
 * each claim.
 *
 * <p>The arrow goes one way: {@code ReportCommand} → {@code chapter} (what is run of a paper and what is made of it) →
 * {@code claim} (rules that turn numbers into verdicts), {@code page} (HTML and Markdown from one model), {@code cell}
 * (what is run once and kept). A chapter knows other packages' commands by their names and their files alone.
 */
package io.dl4jext.experiments.evidence;
