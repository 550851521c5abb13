package io.dl4jext.experiments.evidence.claim;

/** A claim that its numbers decide without a test of significance. */
abstract class PlainQuestion extends Question {

    PlainQuestion(Claim claim) {
        super(claim);
    }

    @Override
    abstract Finding beforehand();

    @Override
    final boolean isTested() {
        return false;
    }

    @Override
    final double shown() {
        return Double.NaN;
    }

    @Override
    final double refuted() {
        return Double.NaN;
    }

    @Override
    final Finding decide(double shown, double refuted) {
        throw new IllegalStateException(claim().text() + ": decided beforehand");
    }
}
