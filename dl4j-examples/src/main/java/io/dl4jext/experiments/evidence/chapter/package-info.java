/**
 * The chapters of a report, one for each paper or two. A {@code Chapter} says which cells are run at a scale and makes
 * claims with verdicts, tables and figures of their files ({@code Results}); {@code ChapterPage} puts what all chapters
 * have around it. {@code Paper1Chapter} is made of {@code FisherGrid} and {@code SamplingPlan}, {@code Paper2Chapter}
 * of {@code StochasticPlans} and {@code AlphaAndLambda}, {@code Paper4Chapter} of {@code RateExperiment},
 * {@code ClippedMusic} and {@code UciTables}, {@code Papers3And5Chapter} of {@code YotkovTables}, {@code AdaGradRates},
 * {@code GradientErrors} and {@code DazaNetworks}: each names its cells and reads what their commands wrote.
 */
package io.dl4jext.experiments.evidence.chapter;
