package io.dl4jext.experiments.evidence.claim;

/** What became of a claim. */
public enum Verdict {
    /** The statistics of the runs here show it. */
    REPRODUCED("reproduced"),
    /** They show the contrary, or that it does not hold as it is said. */
    NOT_REPRODUCED("not reproduced"),
    /** What was run cannot tell: too few seeds, too small a scale, another network. */
    NOT_TESTABLE_HERE("not testable here"),
    /** What it needs has not been run. */
    NOT_RUN("not run");

    private final String text;

    Verdict(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
