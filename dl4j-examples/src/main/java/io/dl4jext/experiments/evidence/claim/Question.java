package io.dl4jext.experiments.evidence.claim;

import io.dl4jext.experiments.statistics.Significance;
import java.util.ArrayList;
import java.util.List;

/**
 * A claim, and how the numbers decide it. The rule lies in the class, not in the words of a page: two p-values, one
 * that is small where the numbers show the claim, and one that is small where they show that it does not hold.
 */
public abstract class Question {

    private final Claim claim;

    Question(Claim claim) {
        this.claim = claim;
    }

    final Claim claim() {
        return claim;
    }

    /**
     * What can be said before any test: that something was not run, or cannot be tested, or needs no test; null
     * otherwise.
     */
    abstract Finding beforehand();

    /** Small where the claim is shown; NaN for a rule without a test. */
    abstract double shown();

    /** Small where it is shown that the claim does not hold; NaN for a rule without a test. */
    abstract double refuted();

    /** Whether there is a test, once everything has been run. */
    boolean isTested() {
        return true;
    }

    /** The finding, with the p-values as corrected for all that were looked at together. */
    abstract Finding decide(double shown, double refuted);

    /**
     * The findings of claims that are looked at together: their p-values are corrected by Holm, those for and those
     * against apart. One that has not been run yet keeps its place, or it would be easier to show something the less
     * has been run.
     */
    public static List<Finding> together(List<? extends Question> questions) {
        List<Finding> findings = new ArrayList<>();
        double[] shown = new double[questions.size()];
        double[] refuted = new double[questions.size()];
        for (int i = 0; i < shown.length; i++) {
            Finding early = questions.get(i).beforehand();
            findings.add(early);
            shown[i] = early == null ? questions.get(i).shown() : place(questions.get(i), early);
            refuted[i] = early == null ? questions.get(i).refuted() : shown[i];
        }
        double[] correctedShown = Significance.holm(shown);
        double[] correctedRefuted = Significance.holm(refuted);
        for (int i = 0; i < shown.length; i++) {
            if (findings.get(i) == null) {
                findings.set(i, questions.get(i).decide(correctedShown[i], correctedRefuted[i]));
            }
        }
        return findings;
    }

    /** The finding of each, as if it alone was looked at. */
    static List<Finding> alone(List<? extends Question> questions) {
        List<Finding> findings = new ArrayList<>();
        questions.forEach(question -> findings.addAll(together(List.of(question))));
        return findings;
    }

    /** The p-value of a claim that is not tested: one that is yet to be, or none. */
    private static double place(Question question, Finding early) {
        return question.isTested() && early.verdict() == Verdict.NOT_RUN ? 1 : Double.NaN;
    }

    /** Whether a corrected p-value counts. */
    static boolean isSmall(double p) {
        return p < Significance.LEVEL;
    }
}
