package io.dl4jext.experiments.evidence.claim;

import java.util.List;

/**
 * A condition on a grid that was measured with a seed or two, which no test can be made of. It is looked at again with
 * each part of the grid left out: reproduced where it holds every time, not reproduced where it never does.
 */
public final class Throughout extends PlainQuestion {

    private final List<Boolean> holds;
    private final String measured;
    private final String missing;

    /**
     * A condition.
     *
     * @param holds of the whole of each seed, and with each part left out; empty where nothing was run
     * @param measured the numbers that decide it
     * @param missing what it needs, for whoever reads that it was not run
     */
    public Throughout(Claim claim, List<Boolean> holds, String measured, String missing) {
        super(claim);
        this.holds = List.copyOf(holds);
        this.measured = measured;
        this.missing = missing;
    }

    @Override
    Finding beforehand() {
        if (holds.isEmpty()) {
            return Finding.notRun(claim(), List.of(missing));
        }
        if (holds.contains(true) && holds.contains(false)) {
            return Finding.notTestable(claim(), "it hangs on which part of the grid is looked at: " + measured, "");
        }
        return Finding.of(claim(), holds.get(0) ? Verdict.REPRODUCED : Verdict.NOT_REPRODUCED, measured, "");
    }
}
