package io.dl4jext.experiments.engine;

import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.data.Layout;
import java.util.function.Function;
import org.deeplearning4j.nn.api.Model;

/**
 * The examples that are not trained on, for an experiment that chooses: half of them (drawn at random, always the same)
 * to choose by, and the other half to test with.
 */
public final class HeldOut implements Function<Model, Score> {

    private final ImageSet[] halves;
    private final Evaluator validation;
    private final Evaluator test;

    public HeldOut(ImageSet data, Layout layout) {
        requireHalves(data);
        halves = data.forChoosingAndTesting();
        validation = new Evaluator(halves[0].test(), layout);
        test = new Evaluator(halves[1].test(), layout);
    }

    /** Refuses data whose test examples have no half. */
    public static void requireHalves(ImageSet data) {
        UserError.require(data.test().size() >= 2, "--data", "at least 2 test examples, as half choose the best", "1");
    }

    @Override
    public Score apply(Model network) {
        return test.apply(network).with(validation.apply(network));
    }

    /** What the two halves are for. */
    @Override
    public String toString() {
        return "of the test set, " + halves[0].test().size() + " examples are for validation, the other "
                + halves[1].test().size() + " give the test error";
    }
}
