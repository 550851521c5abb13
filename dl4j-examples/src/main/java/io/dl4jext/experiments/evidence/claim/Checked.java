package io.dl4jext.experiments.evidence.claim;

import java.util.List;

/** That a number, measured once and exactly, is as it is said: no test of significance, the condition alone. */
public final class Checked extends PlainQuestion {

    private final Boolean holds;
    private final String measured;
    private final String missing;

    /**
     * A condition.
     *
     * @param holds null where it was not run
     * @param measured the numbers that decide it
     * @param missing what it needs, for whoever reads that it was not run
     */
    public Checked(Claim claim, Boolean holds, String measured, String missing) {
        super(claim);
        this.holds = holds;
        this.measured = measured;
        this.missing = missing;
    }

    @Override
    Finding beforehand() {
        return holds == null
                ? Finding.notRun(claim(), List.of(missing))
                : Finding.of(claim(), holds ? Verdict.REPRODUCED : Verdict.NOT_REPRODUCED, measured, "");
    }
}
